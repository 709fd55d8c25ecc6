// SPDX-License-Identifier: GPL-3.0-or-later

/// Why a gateway does not do what a clinic's command says.
package enum CommandTexts {
  package static let tooLarge = Text(zh: "命令超过 64 KiB。", en: "The command is larger than 64 KiB.")
  package static let retained = Text(
    zh: "命令带有保留标志，网关不执行。请不带 retain 重新发送。",
    en: "The command was sent as retained, and such ones are never done. Send it without retain.")
  package static let malformed = Text(
    zh: "命令的格式不对。请对照 vigil.command/1 的说明。",
    en: "The command is not in form. Compare it with the schema of vigil.command/1.")
  package static let unsigned = Text(
    zh: "命令没有签名，而这个网关只接受签名的命令。", en: "The command is not signed, and this gateway takes signed ones only.")
  package static let noKeys = Text(
    zh: "这个网关没有登记任何密钥，不接受命令。请技术员在配置的 commands.keys 中登记。",
    en: "This gateway knows no keys and takes no commands. A technician adds them to its configuration: commands.keys.")
  package static let unknownKey = Text(
    zh: "这个网关不认识签名所用的密钥。", en: "This gateway does not know the key of the signature.")
  package static let badSignature = Text(zh: "签名不对，命令不予执行。", en: "The signature is wrong, nothing was done.")
  package static let wrongGateway = Text(zh: "这个命令是给另一个网关的。", en: "The command is for another gateway.")
  package static let wrongTopic = Text(
    zh: "命令的名称与主题不一致。", en: "The command's name is not the one of its topic.")
  package static let unknownCommand = Text(zh: "没有这个命令。", en: "There is no such command.")
  package static let requestReused = Text(
    zh: "这个请求编号已经用于另一个命令。请用新的编号。", en: "The request's id has been used for another command. Use a new one.")
  package static let unsynchronized = Text(
    zh: "网关的时间尚未同步，现在只接受确认、诊断和补发历史。请稍后再发。",
    en:
      "The gateway's clock is not synchronized: only acknowledge, diagnose and send-history are taken. Try again later."
  )
  package static let expired = Text(zh: "命令已经过期。", en: "The command has expired.")
  package static let expiryTooFar = Text(
    zh: "命令的有效期超过 31 天。", en: "The command would be valid for more than 31 days.")
  package static let wrongRole = Text(zh: "发送者的角色无权下达这个命令。", en: "The command is not for the sender's role to give.")
  package static let needsSignature = Text(
    zh: "这个命令必须签名，而这个网关设为不用签名。",
    en: "The command needs a signature, and this gateway is set to take unsigned ones.")
  package static let notBuilt = Text(
    zh: "这个版本的网关还不会执行这个命令。", en: "This version of the gateway cannot do it yet.")
  package static let badBody = Text(zh: "命令的内容（body）不对。", en: "The command's body is not in form.")
  package static let unknownEpoch = Text(
    zh: "网关没有这个纪元的记录。", en: "The gateway has no records of this epoch.")
  package static let emptyRange = Text(zh: "这个范围内没有编号。", en: "There are no numbers in this range.")
  package static let tooMany = Text(
    zh: "一次最多可以要求 100000 个编号。", en: "At most 100000 numbers can be asked for at once.")
  package static let busy = Text(
    zh: "网关正在补发以前要求的历史。请稍后再发。",
    en: "The gateway is still sending what was asked for before. Try again later.")
  package static let storage = Text(
    zh: "网关现在无法写入数据库，没有执行。请稍后再发。",
    en: "The gateway cannot write to its database now, nothing was done. Try again later.")
  package static let alreadyAcknowledged = Text(
    zh: "这个警报已经有人确认。", en: "Somebody has acknowledged this alert already.")
  package static let notOpen = Text(zh: "没有这个警报，或者它已经结束。", en: "There is no such alert, or it has ended.")
  package static let staleVersion = Text(
    zh: "在您看到之后情况有变。请查看最新内容后再发。",
    en: "It has changed since you saw it. Look at it as it is now, then send a new command.")
  package static let notPaused = Text(zh: "没有这样的暂停。", en: "There is no such pause.")
  package static let unpausable = Text(
    zh: "这个警报不能暂停：它关系到其他警报能否送达。",
    en: "This alert cannot be paused: without it nobody would know that others do not arrive.")
  package static let tooLoose = Text(
    zh: "这个限值比规则宽松，需要写明理由和截止日期，最长 366 天。",
    en: "This limit is looser than the rule's: it needs a reason and an end, 366 days ahead at most.")

  // What is wrong with a body.

  package static func badField(_ field: String) -> Text {
    Text(zh: "字段 \(field) 缺失或格式不对。", en: "The field \(field) is missing or not in form.")
  }

  package static func noResident(_ resident: String) -> Text {
    Text(zh: "这个网关没有居民 \(resident) 的设备或设置。", en: "This gateway has neither devices nor settings of \(resident).")
  }

  package static func noRule(_ rule: String) -> Text {
    Text(zh: "没有规则 \(rule)。", en: "There is no rule \(rule).")
  }

  package static func noLimit(_ rule: String, _ kind: String, _ op: String) -> Text {
    Text(zh: "规则 \(rule) 没有 \(kind) \(op) 这样的限值。", en: "The rule \(rule) has no limit \(kind) \(op).")
  }

  package static func notPlausible(_ rule: String, _ kind: String) -> Text {
    Text(
      zh: "规则 \(rule) 的 \(kind) 限值不合理：没有读数能解除这条警报。",
      en: "The limit of \(kind) in rule \(rule) makes no sense: no reading could end the alert.")
  }

  package static let noMinutes = Text(
    zh: "minutes 缺失或超出范围：对居民和警报最长 120 分钟，对规则最长 1440 分钟，0 表示立即结束，null 表示停用。",
    en:
      "minutes is missing or out of range: at most 120 for a resident or an alert, 1440 for a rule; 0 ends a pause, null takes out of service."
  )
  package static let noOutOfService = Text(
    zh: "单个警报不能停用，只能暂停。", en: "A single alert cannot be taken out of service, only paused.")
  package static let tooManyPersons = Text(
    zh: "这个网关已经有太多居民的设置。", en: "This gateway has settings of too many residents already.")
}
