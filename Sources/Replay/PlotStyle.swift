// SPDX-License-Identifier: GPL-3.0-or-later

/// How a picture looks: on a screen, and printed without colours it can be read as well, since limits and states differ by
/// their lines.
enum PlotStyle {
  static let sheet = """
    text{font-family:"Noto Sans","Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;fill:#222}\
    .page{fill:#fff}.title{font-size:18px;font-weight:600}.person{font-size:16px;font-weight:600}\
    .lane{font-size:14px;font-weight:600}.small{font-size:11px}.tick{font-size:10px;fill:#444}\
    .end{text-anchor:end}.mid{text-anchor:middle}.bold{font-weight:600}\
    .frame{fill:#fafafa;stroke:#999;stroke-width:.8}.grid{stroke:#e2e2e2;stroke-width:.6}\
    .day{stroke:#9a9a9a;stroke-width:.8}.axis{stroke:#666;stroke-width:.8}.lead{stroke:#aaa;stroke-width:.5}\
    .limit{stroke-width:1;stroke-dasharray:6 4;fill:none}.limit.high{stroke:#c62828}\
    .limit.medium{stroke:#d9660a}.limit.low{stroke:#b08900}\
    .l{fill:none;stroke-width:1.1;stroke-linejoin:round}.c0{stroke:#1a5fb4}.c1{stroke:#1b7f5c}\
    .s0{fill:#1a5fb4}.s1{fill:#1b7f5c}.q{fill:#fff;stroke-width:1}\
    .b{stroke-width:1}.high .b{fill:#c62828;stroke:#8e1b1b}.medium .b{fill:#f57c00;stroke:#b35900}\
    .low .b{fill:#fdd835;stroke:#a58a00}.b.acknowledged{fill-opacity:.45}\
    .b.cleared-unacknowledged{fill-opacity:.1}.b.paused{fill-opacity:.1;stroke-dasharray:3 2}\
    .up{stroke:#111;stroke-width:1.6}\
    .under{fill:#fff;fill-opacity:.8}
    """
}
