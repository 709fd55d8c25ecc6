// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import Gateway

@Suite struct ReceiptTests {
  @Test func aReceiptOfTheContractIsRead() throws {
    let text = #"{"schema":"vigil.receipt/1","consumer":"archive","epoch":"5f1c","upTo":{"alert":88,"reading":1042}}"#
    let receipt = try #require(Receipt(Array(text.utf8)))
    #expect(receipt.consumer == "archive")
    #expect(receipt.epoch == "5f1c")
    #expect(receipt.upTo == [.alert: 88, .reading: 1042])
  }

  @Test func aLaneMayBeMissingAndUnknownFieldsAreIgnored() throws {
    let text = #"{"schema":"vigil.receipt/1","consumer":"a","epoch":"e","upTo":{"reading":7,"other":[1]},"more":{}}"#
    #expect(try #require(Receipt(Array(text.utf8))).upTo == [.reading: 7])
  }

  @Test(arguments: [
    "", "{", "[]", "null", #"{"schema":"vigil.receipt/2","consumer":"a","epoch":"e","upTo":{}}"#,
    #"{"schema":"vigil.receipt/1","epoch":"e","upTo":{}}"#,
    #"{"schema":"vigil.receipt/1","consumer":"a","epoch":"e","upTo":{"alert":"1"}}"#,
    #"{"schema":"vigil.receipt/1","consumer":"a","epoch":"e","upTo":{"alert":1.5}}"#,
    #"{"schema":"vigil.receipt/1","consumer":"a","epoch":"e","upTo":{"alert":99999999999999999999}}"#,
    #"{"schema":"vigil.receipt/1","consumer":"a","epoch":"e","upTo":[]}"#,
  ])
  func anythingElseIsNone(text: String) { #expect(Receipt(Array(text.utf8)) == nil) }

  @Test func aGiantIsNotEvenLookedAt() {
    let start = #"{"schema":"vigil.receipt/1","consumer":"a","epoch":"e","upTo":{}"#
    #expect(Receipt(Array((start + "}").utf8)) != nil)
    #expect(Receipt(Array((start + String(repeating: " ", count: Receipt.limit) + "}").utf8)) == nil)
  }
}
