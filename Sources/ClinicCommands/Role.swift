// SPDX-License-Identifier: GPL-3.0-or-later

/// What somebody is to a resident: it decides which commands are theirs to give.
package enum Role: String, Sendable, CaseIterable {
  case nurse, doctor
  /// The county hospital.
  case county
  /// Who looks after the boxes, and a clinic's programs.
  case technician
}
