// SPDX-License-Identifier: GPL-3.0-or-later

/// Why there is no connection to the MQTT broker.
package enum BrokerTexts {
  /// - Parameter reason: as libmosquitto or the broker words it, perhaps with more in brackets behind it.
  package static func failure(reason: String) -> Text {
    let known = words.first { words, _ in words.contains { reason.contains($0) } }
    return known?.text
      ?? Text(zh: "消息服务器连接失败：\(reason)", en: "The broker cannot be reached: \(reason)")
  }

  /// The first that fits counts: what names a cause stands before what only names the effect.
  private static let words: [(words: [String], text: Text)] = [
    (
      ["certificate verify failed", "unable to get local issuer", "self-signed", "self signed"],
      Text(
        zh: "消息服务器的证书不受信任。请检查配置中的 broker.tls.ca 和网关的时间。",
        en: "The broker's certificate is not trusted. Check broker.tls.ca in the configuration, and the clock.")
    ),
    (
      ["certificate has expired", "certificate is not yet valid"],
      Text(
        zh: "消息服务器的证书不在有效期内。请检查网关的时间，或通知诊所更换证书。",
        en: "The broker's certificate is not valid today. Check the gateway's clock, or tell the clinic to renew it.")
    ),
    (
      ["host name verification failed"],
      Text(
        zh: "消息服务器的证书与 broker.host 的名称不符。请更正配置中的名称。",
        en: "The broker's certificate is for another name than broker.host. Correct the name in the configuration.")
    ),
    (
      ["certificate or key file cannot be read", "Unable to load", "are inconsistent"],
      Text(
        zh: "读不到网关的证书或密钥。请检查配置中的 broker.tls 和这些文件的权限。",
        en:
          "The gateway's certificate or key cannot be read. Check broker.tls in the configuration and the files' rights."
      )
    ),
    (
      ["TLS", "SSL", "tls"],
      Text(
        zh: "与消息服务器的加密连接失败。请检查 broker.port 是否为加密端口（通常 8883）以及证书。",
        en: "TLS with the broker failed. Is broker.port its port for TLS (mostly 8883), and is the certificate right?")
    ),
    (
      ["Bad User Name or Password", "bad user name or password"],
      Text(
        zh: "消息服务器不接受用户名或密码。请检查 broker.username 和密码文件。",
        en: "The broker does not take the user name or password. Check broker.username and the password file.")
    ),
    (
      ["Not authorized", "not authorised", "Authorisation failed", "Banned"],
      Text(
        zh: "消息服务器不允许这个网关。请让诊所登记网关编号和证书。",
        en: "The broker does not admit this gateway. Ask the clinic to register its id and certificate.")
    ),
    (
      ["Client Identifier not valid", "identifier rejected", "client id is not valid"],
      Text(
        zh: "消息服务器不接受网关编号。请与诊所核对配置中的 gateway。",
        en: "The broker does not take the gateway's id. Compare `gateway` in the configuration with the clinic.")
    ),
    (
      ["Session taken over"],
      Text(
        zh: "另一个网关正在使用同一个编号。每个网关的编号必须不同，请检查配置中的 gateway。",
        en: "Another gateway uses the same id. Each needs its own: check `gateway` in the configuration.")
    ),
    (
      ["Unsupported Protocol Version", "unacceptable protocol version"],
      Text(
        zh: "消息服务器不支持 MQTT 5。请让诊所更新消息服务器。", en: "The broker does not speak MQTT 5. Ask the clinic to update it.")
    ),
    (
      ["Server busy", "Server unavailable", "broker unavailable", "Server shutting down", "Quota exceeded", "rate"],
      Text(
        zh: "消息服务器正忙。网关会自动再试，数据不会丢失。", en: "The broker is busy. The gateway tries again by itself; nothing is lost.")
    ),
    (
      ["Name or service not known", "name resolution", "No address associated", "Lookup error"],
      Text(
        zh: "找不到消息服务器的地址。请检查 broker.host 的拼写和网络。",
        en: "The broker's address cannot be found. Check the spelling of broker.host, and the network.")
    ),
    (
      ["Connection refused", "connection was refused"],
      Text(
        zh: "消息服务器没有运行，或端口不对。请检查 broker.port，或通知诊所。",
        en: "The broker is not running, or the port is wrong. Check broker.port, or tell the clinic.")
    ),
    (
      ["Network is unreachable", "No route to host", "Host is down", "Network is down"],
      Text(
        zh: "网关没有连上网络。请检查网线、路由器或 SIM 卡。", en: "The gateway has no network. Check the cable, the router or the SIM card."
      )
    ),
    (
      ["timed out", "does not answer", "Keep Alive timeout"],
      Text(
        zh: "消息服务器没有回应。请检查网络和防火墙；网关会自动再试。",
        en: "The broker does not answer. Check the network and the firewall; the gateway tries again by itself.")
    ),
    (
      ["connection lost", "connection was lost", "Connection reset", "Broken pipe", "not currently connected"],
      Text(
        zh: "与消息服务器的连接断了。网关会自动再试，数据不会丢失。",
        en: "The connection to the broker was lost. The gateway tries again by itself; nothing is lost.")
    ),
  ]
}
