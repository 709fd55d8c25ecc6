// SPDX-License-Identifier: GPL-3.0-or-later

/// What the statuses mean that devices report of a measurement.
package enum StatusWords {
  /// - Parameter status: a name of the profiles, `cuff-too-loose`.
  /// - Returns: the name itself where it is not known here, as a site's own may be.
  package static func name(ofStatus status: String) -> Text { names[status] ?? Text(zh: status, en: status) }

  private static let names: [String: Text] = [
    // Cuffs
    "body-movement": Text(zh: "身体移动", en: "body movement"),
    "cuff-too-loose": Text(zh: "袖带过松", en: "cuff too loose"),
    "irregular-pulse": Text(zh: "脉搏不齐", en: "irregular pulse"),
    "improper-position": Text(zh: "测量位置不当", en: "improper position"),
    "pulse-above-upper-limit": Text(zh: "脉率超过上限", en: "pulse above the upper limit"),
    "pulse-below-lower-limit": Text(zh: "脉率低于下限", en: "pulse below the lower limit"),
    "measurement-failed": Text(zh: "测量失败", en: "measurement failed"),
    // Straps and oximeters
    "contact-lost": Text(zh: "没有接触皮肤", en: "contact lost"),
    "no-finger": Text(zh: "没有手指", en: "no finger"),
    "no-signal": Text(zh: "没有信号", en: "no signal"),
    "poor-signal": Text(zh: "信号差", en: "poor signal"),
    "weak-signal": Text(zh: "信号弱", en: "weak signal"),
    "inadequate-signal": Text(zh: "信号不足", en: "inadequate signal"),
    "erratic-signal": Text(zh: "信号不稳", en: "erratic signal"),
    "low-perfusion": Text(zh: "灌注低", en: "low perfusion"),
    "non-pulsatile": Text(zh: "没有搏动", en: "no pulsation"),
    "questionable-pulse": Text(zh: "脉搏存疑", en: "questionable pulse"),
    "searching-for-pulse": Text(zh: "正在寻找脉搏", en: "searching for a pulse"),
    "signal-analysis-ongoing": Text(zh: "正在分析信号", en: "signal analysis ongoing"),
    "signal-processing-irregularity": Text(zh: "信号处理异常", en: "signal processing irregularity"),
    "probe-off": Text(zh: "探头脱落", en: "probe off"),
    "probe-unplugged": Text(zh: "探头未插好", en: "probe unplugged"),
    "sensor-off": Text(zh: "传感器脱落", en: "sensor off"),
    "sensor-unconnected-to-user": Text(zh: "传感器没有戴在人身上", en: "sensor not on the person"),
    "sensor-displaced": Text(zh: "传感器移位", en: "sensor displaced"),
    "sensor-disconnected": Text(zh: "传感器断开", en: "sensor disconnected"),
    "sensor-interference": Text(zh: "传感器受干扰", en: "sensor interference"),
    "sensor-malfunction": Text(zh: "传感器故障", en: "sensor malfunction"),
    "sensor-malfunctioning": Text(zh: "传感器故障", en: "sensor malfunctioning"),
    "unknown-sensor": Text(zh: "不认识的传感器", en: "unknown sensor"),
    "equipment-malfunction": Text(zh: "设备故障", en: "equipment malfunction"),
    "extended-display-update": Text(zh: "显示值延迟更新", en: "display updated late"),
    // What a measurement is worth
    "ongoing": Text(zh: "测量进行中", en: "measurement ongoing"),
    "early-estimate": Text(zh: "早期估计值", en: "early estimate"),
    "validated": Text(zh: "已确认", en: "validated"),
    "fully-qualified": Text(zh: "完全合格", en: "fully qualified"),
    "from-storage": Text(zh: "来自存储", en: "from storage"),
    "demo": Text(zh: "演示数据", en: "demo data"),
    "test": Text(zh: "测试数据", en: "test data"),
    "calibration-ongoing": Text(zh: "正在校准", en: "calibration ongoing"),
    "unavailable": Text(zh: "没有测量值", en: "unavailable"),
    "questionable": Text(zh: "测量值存疑", en: "questionable"),
    "invalid": Text(zh: "测量值无效", en: "invalid"),
    "measurement-unsuccessful": Text(zh: "测量未成功", en: "measurement unsuccessful"),
    "not-a-person": Text(zh: "不是人的测量值", en: "not a person"),
    "clock-not-set": Text(zh: "时钟未设置", en: "clock not set"),
    "time-fault": Text(zh: "时间出错", en: "time fault"),
    "battery-low": Text(zh: "电量低", en: "battery low"),
    // Glucose meters
    "context-follows": Text(zh: "后面还有说明", en: "context follows"),
    "control-solution": Text(zh: "质控液", en: "control solution"),
    "no-concentration": Text(zh: "没有浓度值", en: "no concentration"),
    "sample-insufficient": Text(zh: "血样不足", en: "sample insufficient"),
    "strip-insertion-error": Text(zh: "试纸插入错误", en: "strip insertion error"),
    "strip-type-incorrect": Text(zh: "试纸类型不对", en: "strip type incorrect"),
    "strip-pulled-early": Text(zh: "试纸拔出过早", en: "strip pulled early"),
    "result-too-high": Text(zh: "超出量程上限", en: "result too high"),
    "result-too-low": Text(zh: "低于量程下限", en: "result too low"),
    "temperature-too-high": Text(zh: "温度过高", en: "temperature too high"),
    "temperature-too-low": Text(zh: "温度过低", en: "temperature too low"),
    "general-fault": Text(zh: "一般故障", en: "general fault"),
  ]
}
