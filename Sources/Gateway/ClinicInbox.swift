// SPDX-License-Identifier: GPL-3.0-or-later
import MQTT

/// Who takes what of the clinic's messages: a handler for each filter below the gateway's root.
///
/// A filter is a topic, `down/receipt`, or one whose last level may be anything, `down/command/+`.
struct ClinicInbox {
  typealias Handler = @Sendable (Message) -> Void

  private let root: String
  private var handlers: [(filter: String, handler: Handler)] = []

  init(root: String) { self.root = root }

  /// What to subscribe to.
  var filters: [String] { handlers.map { root + $0.filter } }

  mutating func add(_ filter: String, _ handler: @escaping Handler) { handlers.append((filter, handler)) }

  /// Hands a message to whoever takes its topic.
  ///
  /// - Returns: false where nobody does.
  @discardableResult
  func take(_ message: Message) -> Bool {
    guard message.topic.hasPrefix(root) else { return false }
    let topic = message.topic.dropFirst(root.count)
    guard let (_, handler) = handlers.first(where: { Self.matches($0.filter, topic) }) else { return false }
    handler(message)
    return true
  }

  private static func matches(_ filter: String, _ topic: Substring) -> Bool {
    guard filter.hasSuffix("/+") else { return topic == filter }
    let prefix = filter.dropLast()
    return topic.hasPrefix(prefix) && !topic.dropFirst(prefix.count).contains("/")
  }
}
