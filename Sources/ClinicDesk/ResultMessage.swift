// SPDX-License-Identifier: GPL-3.0-or-later

/// `vigil.result/1`: a gateway's answer to a command.
package struct ResultMessage: Sendable, Equatable, Decodable {
  /// In lower case; nil where the command named none, and nobody here has sent that.
  package let request: String?
  package let isDone: Bool
  /// Why it was refused, for programs; nil where it was done.
  package let code: String?
  /// The same for people, by language.
  package let texts: [String: String]
  /// Who has acknowledged the alert before, and when.
  package let by: String?
  package let atMs: Int64?
  /// How the alert stands now.
  package let version: Int64?
  package let state: String?

  package init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder)
    guard let outcome = fields.id("outcome") else { throw Unreadable() }
    request = fields.id("request")?.lowercased()
    isDone = outcome == "done"
    let reason = fields.object("reason", as: Reason.self)
    code = isDone ? nil : reason?.code ?? outcome
    texts = reason?.texts ?? [:]
    let body = fields.object("body", as: Body.self)
    by = body?.by
    atMs = body?.atMs
    version = body?.version
    state = body?.state
  }

  private struct Reason: Decodable {
    let code: String?
    let texts: [String: String]

    init(from decoder: any Decoder) throws {
      let fields = try Fields(decoder)
      code = fields.id("code")
      texts = fields.texts("text", limit: 300)
    }
  }

  private struct Body: Decodable {
    let by: String?
    let atMs: Int64?
    let version: Int64?
    let state: String?

    init(from decoder: any Decoder) throws {
      let fields = try Fields(decoder)
      by = fields.id("by")
      atMs = fields.instant("at")
      version = fields.whole("version")
      state = fields.id("state")
    }
  }
}
