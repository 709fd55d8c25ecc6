// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

/// What happens to an episode, and what people hear of it: the state table of alerts, row by row.
struct Timeline: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let steps: [BookStory.Step]
  let log: [String]

  init(_ name: String, _ steps: [BookStory.Step], _ log: [String]) {
    testDescription = name
    self.steps = steps
    self.log = log
  }

  static let all: [Timeline] = beginnings + endings + waits + acknowledgements + pauses + overlaps

  // MARK: beginning and ending

  static let beginnings: [Timeline] = [
    Timeline(
      "a condition is one episode", [.begin("low"), .end("low")],
      [
        "0 low start active v1 L1", "0 low clear ended v2 L1",
      ]),
    Timeline(
      "what is on does not begin again", [.begin("medium"), .wait(1), .begin("medium")],
      [
        "0 medium start active v1 L1"
      ]),
    Timeline(
      "a new one after the end", [.begin("low"), .end("low"), .begin("low")],
      [
        "0 low start active v1 L1", "0 low clear ended v2 L1", "0 low start active v1 L1",
      ]),
    Timeline(
      "the graver first, then the lesser", [.begin("low"), .wait(1), .begin("high", over: ["low", "medium"])],
      [
        "0 low start active v1 L1", "1 high start active v1 L1", "1 low supersede ended v2 L1",
      ]),
    Timeline(
      "a latched one begins again",
      [.begin("high"), .wait(6), .end("high"), .wait(10), .begin("high"), .wait(6)],
      [
        "0 high start active v1 L1", "5 high escalate active v2 L2", "6 high clear cleared-unacknowledged v3 L2",
        "16 high start active v4 L2", "17 high escalate active v5 L3", "22 high continue active v6 L3",
      ]),
    Timeline(
      "what comes and goes goes up as what stays",
      [.begin("high"), .wait(2), .end("high"), .wait(2), .begin("high"), .wait(2), .end("high"), .begin("high")],
      [
        "0 high start active v1 L1", "2 high clear cleared-unacknowledged v2 L1", "4 high start active v3 L1",
        "5 high escalate active v4 L2", "6 high clear cleared-unacknowledged v5 L2", "6 high start active v6 L2",
      ]),
    Timeline(
      "a latched one is not superseded", [.begin("high-1"), .end("high-1"), .begin("high-2", over: ["high-1"])],
      [
        "0 high-1 start active v1 L1", "0 high-1 clear cleared-unacknowledged v2 L1", "0 high-2 start active v1 L1",
      ]),
  ]

  static let endings: [Timeline] = [
    Timeline(
      "high latches", [.begin("high"), .end("high"), .end("high"), .wait(60)],
      [
        "0 high start active v1 L1", "0 high clear cleared-unacknowledged v2 L1",
      ]),
    Timeline(
      "acknowledged, it ends", [.begin("high"), .acknowledge("high"), .wait(1), .end("high")],
      [
        "0 high start active v1 L1", "0 high acknowledge acknowledged v2 L1", "1 high end ended v3 L1",
      ]),
    Timeline(
      "what it was about is gone", [.begin("high"), .gone("high")],
      [
        "0 high start active v1 L1", "0 high end ended v2 L1",
      ]),
    Timeline("nothing is over that was not on", [.end("high"), .gone("low")], []),
    Timeline(
      "a stored reading is a notice", [.late("high"), .acknowledge("high")],
      [
        "0 high start ended v1 L1", "0 refused unknown",
      ]),
  ]

  // MARK: waiting

  static let waits: [Timeline] = [
    Timeline(
      "high is said again and goes up", [.begin("high"), .wait(31)],
      [
        "0 high start active v1 L1", "5 high escalate active v2 L2", "10 high continue active v3 L2",
        "15 high escalate active v4 L3", "20 high continue active v5 L3", "25 high continue active v6 L3",
        "30 high continue active v7 L3",
      ]),
    Timeline(
      "medium takes longer", [.begin("medium"), .wait(250)],
      [
        "0 medium start active v1 L1", "30 medium escalate active v2 L2", "60 medium continue active v3 L2",
        "90 medium continue active v4 L2", "120 medium continue active v5 L2", "150 medium continue active v6 L2",
        "180 medium continue active v7 L2", "210 medium continue active v8 L2", "240 medium escalate active v9 L3",
      ]),
    Timeline("low is said once", [.begin("low"), .wait(1000)], ["0 low start active v1 L1"]),
    Timeline(
      "nothing is repeated into the void", [.begin("high"), .waitUnheard(17), .wait(4)],
      [
        "0 high start active v1 L1", "5 high escalate active v2 L2", "15 high escalate active v3 L3",
        "20 high continue active v4 L3",
      ]),
    Timeline(
      "what was over is not repeated", [.begin("high"), .wait(4), .end("high"), .wait(60)],
      [
        "0 high start active v1 L1", "4 high clear cleared-unacknowledged v2 L1",
      ]),
    Timeline(
      "acknowledged for long, it is nobody's", [.begin("high"), .wait(6), .acknowledge("high"), .wait(36)],
      [
        "0 high start active v1 L1", "5 high escalate active v2 L2", "6 high acknowledge acknowledged v3 L2",
        "36 high continue active v4 L1", "41 high escalate active v5 L2",
      ]),
    Timeline(
      "medium rests once acknowledged", [.begin("medium"), .acknowledge("medium"), .wait(500)],
      [
        "0 medium start active v1 L1", "0 medium acknowledge acknowledged v2 L1",
      ]),
    Timeline(
      "a fault of a measurement is said once", [.begin("technical"), .wait(2000)],
      [
        "0 technical start active v1 L1"
      ]),
  ]

  // MARK: answers

  static let acknowledgements: [Timeline] = [
    Timeline(
      "what is over ends", [.begin("high"), .end("high"), .acknowledge("high")],
      [
        "0 high start active v1 L1", "0 high clear cleared-unacknowledged v2 L1", "0 high acknowledge ended v3 L1",
      ]),
    Timeline(
      "the first one wins", [.begin("high"), .acknowledge("high"), .acknowledge("high", seen: 1, by: "u-2")],
      [
        "0 high start active v1 L1", "0 high acknowledge acknowledged v2 L1", "0 refused acknowledged by u-1",
      ]),
    Timeline(
      "what has ended is unknown", [.begin("low"), .end("low"), .acknowledge("low"), .acknowledge("high")],
      [
        "0 low start active v1 L1", "0 low clear ended v2 L1", "0 refused unknown", "0 refused unknown",
      ]),
    Timeline(
      "an escalation must have been seen",
      [.begin("high"), .wait(5), .acknowledge("high", seen: 1), .acknowledge("high", seen: 2)],
      [
        "0 high start active v1 L1", "5 high escalate active v2 L2", "5 refused stale v2",
        "5 high acknowledge acknowledged v3 L2",
      ]),
    Timeline(
      "a repeat need not have been seen", [.begin("high"), .wait(11), .acknowledge("high", seen: 2)],
      [
        "0 high start active v1 L1", "5 high escalate active v2 L2", "10 high continue active v3 L2",
        "11 high acknowledge acknowledged v4 L2",
      ]),
    Timeline(
      "a second beginning must have been seen",
      [.begin("high"), .end("high"), .begin("high"), .acknowledge("high", seen: 2), .acknowledge("high", seen: 3)],
      [
        "0 high start active v1 L1", "0 high clear cleared-unacknowledged v2 L1", "0 high start active v3 L1",
        "0 refused stale v3", "0 high acknowledge acknowledged v4 L1",
      ]),
    Timeline(
      "so must a re-alarm",
      [.begin("high"), .acknowledge("high"), .wait(30), .acknowledge("high", seen: 2), .acknowledge("high", seen: 3)],
      [
        "0 high start active v1 L1", "0 high acknowledge acknowledged v2 L1", "30 high continue active v3 L1",
        "30 refused stale v3", "30 high acknowledge acknowledged v4 L1",
      ]),
  ]

  // MARK: pauses

  static let pauses: [Timeline] = [
    Timeline(
      "silence, then it speaks again", [.begin("high"), .wait(6), .pause(.resident, 60), .wait(66)],
      [
        "0 high start active v1 L1", "5 high escalate active v2 L2", "6 high pause paused v3 L2",
        "66 high resume active v4 L2", "71 high continue active v5 L2",
      ]),
    Timeline(
      "it begins in silence", [.pause(.rule("low"), 60), .begin("low"), .wait(60)],
      [
        "0 low pause paused v1 L1", "60 low resume active v2 L1",
      ]),
    Timeline(
      "and ends in silence", [.pause(.resident, 60), .begin("high"), .wait(6), .end("high"), .wait(60)],
      [
        "0 high pause paused v1 L1", "6 high end ended v2 L1",
      ]),
    Timeline(
      "what people had heard of latches in silence too",
      [.begin("high"), .wait(1), .pause(.resident, 60), .wait(6), .end("high"), .wait(60), .acknowledge("high")],
      [
        "0 high start active v1 L1", "1 high pause paused v2 L1", "7 high clear cleared-unacknowledged v3 L1",
        "67 high acknowledge ended v4 L1",
      ]),
    Timeline(
      "of one alert", [.begin("high"), .begin("low"), .pauseAlert("high", 10), .wait(10)],
      [
        "0 high start active v1 L1", "0 low start active v1 L1", "0 high pause paused v2 L1",
        "10 high resume active v3 L1",
      ]),
    Timeline(
      "a latched one begins again in silence",
      [.begin("high"), .end("high"), .pauseAlert("high", 10), .begin("high"), .wait(10)],
      [
        "0 high start active v1 L1", "0 high clear cleared-unacknowledged v2 L1", "0 high pause paused v3 L1",
        "10 high resume active v4 L1",
      ]),
    Timeline(
      "ended before its time", [.begin("low"), .pause(.resident, nil), .wait(9000), .unpause(.resident)],
      [
        "0 low start active v1 L1", "0 low pause paused v2 L1", "9000 low resume active v3 L1",
      ]),
    Timeline(
      "there must be one", [.unpause(.resident), .pauseAlert("high", 10)],
      [
        "0 refused not paused", "0 refused unknown",
      ]),
    Timeline(
      "acknowledged before",
      [.begin("high"), .acknowledge("high"), .pause(.resident, 10), .wait(10), .end("high")],
      [
        "0 high start active v1 L1", "0 high acknowledge acknowledged v2 L1", "0 high pause paused v3 L1",
        "10 high resume acknowledged v4 L1", "10 high end ended v5 L1",
      ]),
    Timeline(
      "acknowledged within",
      [
        .begin("high"), .pause(.resident, 60), .acknowledge("high"), .acknowledge("high", by: "u-2"), .wait(95),
      ],
      [
        "0 high start active v1 L1", "0 high pause paused v2 L1", "0 high acknowledge paused v3 L1",
        "0 refused acknowledged by u-1", "60 high resume acknowledged v4 L1", "90 high continue active v5 L1",
        "95 high escalate active v6 L2",
      ]),
    Timeline(
      "superseded within", [.pause(.rule("low"), 60), .begin("low"), .begin("high", over: ["low"]), .wait(1)],
      [
        "0 low pause paused v1 L1", "0 high start active v1 L1", "0 low supersede ended v2 L1",
      ]),
  ]

  static let overlaps: [Timeline] = [
    Timeline(
      "the last pause ends it",
      [.begin("low"), .pause(.resident, 10), .pause(.rule("low"), 20), .wait(30)],
      [
        "0 low start active v1 L1", "0 low pause paused v2 L1", "0 low pause paused v3 L1",
        "20 low resume active v4 L1",
      ]),
    Timeline(
      "a shorter one beside it changes nothing",
      [.begin("low"), .pause(.resident, 20), .pause(.rule("low"), 10), .wait(30)],
      [
        "0 low start active v1 L1", "0 low pause paused v2 L1", "20 low resume active v3 L1",
      ]),
    Timeline(
      "the same scope again replaces it",
      [.begin("low"), .pause(.resident, 20), .wait(1), .pause(.resident, 5), .wait(30)],
      [
        "0 low start active v1 L1", "0 low pause paused v2 L1", "1 low pause paused v3 L1",
        "6 low resume active v4 L1",
      ]),
    Timeline(
      "what remains is said",
      [.begin("low"), .pause(.resident, 20), .pause(.rule("low"), nil), .unpause(.rule("low")), .wait(20)],
      [
        "0 low start active v1 L1", "0 low pause paused v2 L1", "0 low pause paused v3 L1", "0 low pause paused v4 L1",
        "20 low resume active v5 L1",
      ]),
  ]
}
