// SPDX-License-Identifier: GPL-3.0-or-later

/// What is wrong in a device profile, in the words of the loader (`en`, with holes) and in Chinese.
enum ProfilePhrases {
  /// The longer of two that begin alike first.
  static let all = file + fields + meanings + messages + frames + writing + vectors

  private static let file = [
    Text(zh: "应为 4 或 8 位十六进制的 UUID，或 128 位的 UUID", en: "expected a UUID of 4 or 8 hexadecimal digits or of 128 bits"),
    Text(
      zh: "应为 bluetooth.heart-rate 这样的编号：两个或更多由 a-z、0-9 和 - 组成的词，中间用点隔开",
      en: "expected an id such as bluetooth.heart-rate: two words or more of a-z, 0-9 and -, with dots between"),
    Text(
      zh: "应写 services、names、models 或 manufacturers", en: "expected services, names, models or manufacturers"),
    Text(zh: "{text} 与任何名称都相符", en: "'{text}' is everybody's name"),
    Text(zh: "{id} 已是 {file} 中设备描述的编号", en: "'{id}' is already the id of the profile in {file}"),
    Text(zh: "没有编号为 {id} 的设备描述可以作为基础", en: "there is no profile '{id}' to be based on"),
    Text(
      zh: "{id} 本身就基于这个描述，请在其中一个去掉 based-on",
      en: "'{id}' is itself based on this one; leave 'based-on' out of one of them"),
    Text(zh: "{id} 本身也基于别的描述，请写 {base}", en: "'{id}' is itself based on another; name '{base}'"),
    Text(
      zh: "应只写 manufacturer 和 service-data 之一", en: "expected either 'manufacturer' or 'service-data'"),
    Text(
      zh: "应只写 fields、messages、decoder 之一，现为{found}",
      en: "expected one of fields, messages, decoder; found {found}"),
    Text(
      zh: "没有一个字段是数值，不能作为读数：请写 use: information",
      en: "no field is a value, so it is no reading: say 'use: information'"),
    Text(
      zh: "只有实时数据可以抽样，其他每个数值都要保留", en: "only a live stream can be sampled: each other value counts"),
    Text(zh: "应有两种或更多的数值", en: "expected two kinds or more"),
    Text(zh: "这个特征没有 {kind} 字段", en: "no field of this characteristic is '{kind}'"),
    Text(zh: "{name} 不是这个特征的状态：{known}", en: "'{name}' is not a status of this characteristic: {known}"),
    Text(zh: "重复的 {uuid}", en: "a second {uuid}"),
    Text(zh: "列表是空的", en: "the list is empty"),
    Text(zh: "这里什么也没有写", en: "the mapping is empty"),
  ]

  private static let fields = [
    Text(
      zh: "应为 a-z、0-9 组成的词，中间用 -，现为{found}",
      en: "expected a name of a-z, 0-9 and - between words, found {found}"),
    Text(zh: "应为 a-z、0-9 组成的词，中间用 -", en: "expected a name of a-z, 0-9 and - between words"),
    Text(zh: "名称中不能有点", en: "expected a name without a dot"),
    Text(zh: "if 和 unless 只能写一个", en: "a field has either 'if' or 'unless'"),
    Text(zh: "又一个名为 {name} 的字段有 bits", en: "a second field '{name}' with bits"),
    Text(zh: "又一个同名的位", en: "a second bit of that name"),
    Text(
      zh: "应为 0 到 {high} 的位，或 3-4 这样的几位，现为{found}",
      en: "expected a bit from 0 to {high} or bits such as 3-4, found {found}"),
    Text(zh: "应为 0 到 {high} 的位，现为{found}", en: "expected a bit from 0 to {high}, found {found}"),
    Text(zh: "应为 {name}.0-6 这样的几位，现为{found}", en: "expected bits such as {name}.0-6, found {found}"),
    Text(zh: "第 {bits} 位已有含义", en: "bit {bits} has a meaning already"),
    Text(zh: "{value} 超出了 {width} 位能表示的范围", en: "'{value}' is no value of {width} bits"),
    Text(zh: "{value} 超出了 {width} 位能表示的范围", en: "'{value}' is no value of {width} bit"),
    Text(zh: "8 位以上的取值太多，不能逐个命名", en: "more than 8 bits have too many values to name"),
    Text(zh: "{width} 位超过了 63 位", en: "{width} bits are more than 63"),
    Text(zh: "应写明每个取值的名称", en: "expected a mapping of values to names"),
    Text(zh: "只能写一个字段", en: "expected one field"),
    Text(
      zh: "Feature 特征没有名为 {name} 的无符号字段，已有：{known}",
      en: "the feature characteristic has no unsigned field '{name}', known: {known}"),
    Text(zh: "{key} 只能用于无符号整数", en: "'{key}' needs an unsigned number"),
    Text(zh: "一条消息的字段超过 {count} 个", en: "more than {count} fields in one message"),
    Text(zh: "前面没有字段有 {bit} 这一位，已有：{known}", en: "no earlier field has the bit '{bit}', known: {known}"),
    Text(zh: "前面没有名为 {name} 的无符号字段", en: "no earlier unsigned field is '{name}'"),
    Text(zh: "直到结尾的字段后面不能再有字段", en: "no field can follow one that goes to the end"),
    Text(zh: "{type} 本来就直到结尾", en: "{type} goes to the end already"),
    Text(zh: "{type} 的长度是固定的", en: "{type} has its length already"),
    Text(
      zh: "应为线路上的数或 else，现为{found}", en: "expected a number on the wire or 'else', found {found}"),
  ]

  private static let meanings = [
    Text(zh: "{key} 不能和这个字段的其他键一起写", en: "'{key}' does not go with the field's other keys"),
    Text(zh: "{key} 只能用于 role 或 fact", en: "'{key}' belongs to a role or a fact"),
    Text(zh: "{key} 只能用于 role: {role}", en: "'{key}' belongs to the role {role}"),
    Text(zh: "{key} 只能和 {other} 一起写", en: "'{key}' belongs to '{other}'"),
    Text(zh: "{type} 不是可以换算的数", en: "{type} is no number that could be scaled"),
    Text(zh: "{type} 不能作为数值", en: "a {type} is no value"),
    Text(zh: "{type} 自有保留值", en: "{type} has its reserved codes already"),
    Text(zh: "{kind} 的单位不能是 {unit}，只能是 {known}", en: "{kind} cannot be in '{unit}', only in {known}"),
    Text(zh: "用户位应为无符号整数，不能是 {type}", en: "a user slot is an unsigned number, not {type}"),
    Text(zh: "测量序号应为无符号整数，不能是 {type}", en: "a sequence number is an unsigned number, not {type}"),
    Text(zh: "秒数应为无符号整数，不能是 {type}", en: "seconds are an unsigned number, not {type}"),
    Text(zh: "分钟数应为整数，不能是 {type}", en: "minutes are a whole number, not {type}"),
    Text(zh: "时间的一部分应为整数，不能是 {type}", en: "a part of a time is a whole number, not {type}"),
    Text(
      zh: "时间应为 datetime，或带 epoch 的秒数，不能是 {type}",
      en: "a time has the type datetime, or is a number of seconds with 'epoch'; not {type}"),
    Text(zh: "应为 0 到 63 的位", en: "expected bits from 0 to 63"),
    Text(zh: "应为线路上的数，现为{found}", en: "expected a number on the wire, found {found}"),
    Text(zh: "{key} 在这里写了两次，请保留一个", en: "'{key}' stands here twice, keep one of them"),
    Text(zh: "{key} 在这里写了两次", en: "'{key}' stands here twice"),
    Text(zh: "{key} 在这里写了两次", en: "{key} stands here twice"),
    Text(zh: "应为 1900、1970 或 2000", en: "expected 1900, 1970 or 2000"),
    Text(zh: "应为十进制的数", en: "expected a decimal number"),
    Text(zh: "应为两个数：[lowest, highest]", en: "expected two numbers: [lowest, highest]"),
    Text(zh: "最低值大于最高值", en: "the lowest is above the highest"),
  ]

  private static let messages = [
    Text(zh: "应为一个长度，或两个：[lowest, highest]", en: "expected a length, or two: [lowest, highest]"),
    Text(
      zh: "应为 0x81 这样的字节，或 0xE0/0xF0 这样的 值/掩码",
      en: "expected an octet such as 0x81, or value/mask such as 0xE0/0xF0"),
    Text(
      zh: "应为 0 到 4095 的位置，现为{found}", en: "expected an offset from 0 to 4095, found {found}"),
    Text(zh: "应写 fields 或 records，或 ignore: true", en: "expected fields or records, or 'ignore: true'"),
    Text(zh: "忽略的消息不会被读取", en: "nobody reads an ignored message"),
  ]

  private static let frames = [
    Text(
      zh: "请用 start、starts 或 start-bit 写明一帧怎样开始",
      en: "missing: say by 'start', 'starts' or 'start-bit' how a frame begins"),
    Text(zh: "应有两种或更多的开头；只有一种时请用 start", en: "expected two beginnings or more; for one there is 'start'"),
    Text(
      zh: "{octets} 是 {other} 的开头，或者相反，请保留一个",
      en: "{octets} and {other}: one is the beginning of the other, keep one of them"),
    Text(zh: "{octets} 在这里写了两次，请保留一个", en: "{octets} stands here twice, keep one of them"),
    Text(zh: "长度固定，不需要 longest", en: "a fixed length needs no 'longest', leave it out"),
    Text(
      zh: "加上 {add} 之后，{type} 得不出 1 到 {longest}（最长的一帧）的长度",
      en: "with {add} added no {type} gives a length from 1 to {longest}, the longest frame"),
    Text(
      zh: "{kind} 占 {width} 个字节，会超出帧尾，until 至少为 {least}",
      en: "{kind} takes {width} octets and would end after the frame, 'until' is at least {least}"),
    Text(zh: "只有求和校验能再加一个数，{kind} 不能", en: "only to a sum something is added, not to {kind}"),
    Text(zh: "{kind} 只有一个字节，没有次序", en: "{kind} is one octet, it has no order"),
    Text(
      zh: "长度位于 {at}，超出了最长的一帧（{longest} 个字节）",
      en: "the length stands at {at}, outside of the longest frame of {longest} octets"),
    Text(
      zh: "最多 {most} 个字节的帧，放不下开头的 {count} 个字节 {octets}",
      en: "a frame of at most {most} octets cannot begin with the {count} octets {octets}"),
    Text(
      zh: "最多 {most} 个字节的帧，放不下它自己的长度", en: "a frame of at most {most} octets does not hold its own length"),
    Text(
      zh: "最多 {most} 个字节的帧，从 {from} 到倒数第 {until} 个字节的校验码之间没有字节",
      en: "a frame of at most {most} octets has none between {from}, where the checksum's octets begin, and the "
        + "checksum {until} before its end"),
    Text(zh: "应为十六进制的字节，例如 AA 55", en: "expected octets in hexadecimal, such as AA 55"),
  ]

  private static let writing = [
    Text(zh: "这里没有命令，请写一个，或去掉 commands", en: "no command stands here, name one or leave 'commands' out"),
    Text(zh: "数值不能超过 {longest} 个字节", en: "no value is longer than {longest} octets"),
    Text(zh: "写的内容与 {name} 相同，请保留一个", en: "writes the same as '{name}', keep one of them"),
    Text(
      zh: "任何设备描述都不能向 {characteristic} 写这个（{harm}），请去掉这个命令",
      en: "no profile may write this to {characteristic}: it {harm}; leave the command out"),
    Text(
      zh: "任何设备描述都不能在其他命令之外再向 {characteristic} 写这个：合在一起（{harm}），请去掉这个命令",
      en: "no profile may write this to {characteristic} beside its other commands: together it {harm}; "
        + "leave the command out"),
    Text(zh: "{name} 的用途是 stop，请另选一个命令", en: "'{name}' has the purpose stop, name another one"),
    Text(
      zh: "idle-seconds 只能和 connection: idle 一起写，这里是 {connection}",
      en: "'idle-seconds' belongs to 'connection: idle', here it is {connection}"),
    Text(zh: "这个描述没有名为 {name} 的命令，已有：{known}", en: "no command of this profile is named '{name}', known: {known}"),
    Text(zh: "这个描述没有名为 {name} 的消息，已有：{known}", en: "no message of this profile is named '{name}', known: {known}"),
    Text(
      zh: "procedure: none 什么也不写，请去掉特征",
      en: "nothing is written with 'procedure: none', leave the characteristic out"),
    Text(zh: "只有这些时钟可以设置：{clocks}", en: "only {clocks} are clocks that we know how to set"),
    Text(
      zh: "列表是空的，请写一个命令，或去掉 start", en: "the list is empty, name a command or leave 'start' out"),
  ]

  private static let vectors = [
    Text(zh: "{key} 不能和 {other} 一起写，请保留一个", en: "'{key}' does not go with '{other}', keep one of them"),
    Text(zh: "{key} 不能和 {other} 一起写", en: "'{key}' does not go with '{other}'"),
    Text(zh: "{key} 不能用于 {type}", en: "'{key}' does not go with {type}"),
    Text(zh: "offset 只能和 error 一起写", en: "'offset' belongs to an error"),
    Text(zh: "应为 true，或写出数值", en: "expected true, or the values"),
    Text(
      zh: "应写明解码的结果：values、facts、time 等，或 error，或 ignored: true",
      en: "expected what it decodes to: values, facts, time …; or 'error', or 'ignored: true'"),
    Text(
      zh: "应为种类和数，或种类和缺失的原因，例如 systolic 120 或 systolic nan",
      en: "expected a kind and a number or a reason, such as 'systolic 120' or 'systolic nan'"),
    Text(zh: "应为 2026-03-14T08:05:30 这样的时间", en: "expected a time such as 2026-03-14T08:05:30"),
    Text(zh: "应为十六进制的字节，例如 08 78 00", en: "expected octets in hexadecimal, such as 08 78 00"),
  ]
}
