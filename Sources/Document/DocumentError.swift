// SPDX-License-Identifier: GPL-3.0-or-later

/// A place in a document, both counted from 1.
package struct Mark: Sendable, Hashable, CustomStringConvertible {
  package let line: Int
  package let column: Int
  package var description: String { "\(line):\(column)" }

  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }
}

/// What is wrong with a document, and where: `vigil.yaml:4:9: broker.port: 70000 is outside 1...65535`.
package struct DocumentError: Error, Sendable, Hashable, CustomStringConvertible {
  package let file: String
  package let mark: Mark
  /// Keys and list positions from the root: `broker.port`, `devices[2].id`; empty at the root.
  package let path: String
  package let message: String

  package init(file: String, mark: Mark, path: String, message: String) {
    self.file = file
    self.mark = mark
    self.path = path
    self.message = message
  }

  package var description: String { "\(file):\(mark): \(path.isEmpty ? "" : path + ": ")\(message)" }
}
