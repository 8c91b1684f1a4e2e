# Muster 对人说的话（简体中文）。语法见 https://projectfluent.org/fluent/guide/
# 三份词表的条目和变量必须一致，由 tests/foundation/test_words.py 检查。

language-name = 简体中文

## 时长

duration-hours = { $count } 小时
duration-minutes = { $count } 分
duration-seconds = { $count } 秒
duration-negative = −{ $duration }

## 志愿者屏幕

demo-banner = 演示 · 此处的记录均不计入
idle-how = 请出示二维码、刷卡，或输入短信验证码。
idle-no_roster = 请出示您的证件。本终端尚无名单：只登记证件，由中心认定。
idle-sms = 也可以发短信 { $code } 到 { $number }。
idle-fault = 暂时无法使用：{ $devices }。请换一种方式签到。
typing-label = 验证码
typing-how = 输完后按回车键确认，按 Esc 键清除。
checking-how = 请稍候……
clock-doubtful = 时间待核对

here-count = { $count ->
    [0] 现场无人
   *[other] 现场 { $count } 人
}
link-all-sent = 已全部上传
link-sending = 正在上传 { $count } 条
link-offline-empty = 网络中断
link-offline = 网络中断，{ $count } 条记录已妥善保存

out_of_order-word = 暂停使用
out_of_order-text = 本终端目前无法记录签到。
out_of_order-call = 请告知现场工作人员，由他们登记您的时间。
out_of_order-contact = 请拨打 { $contact }，或告知现场工作人员，由他们登记您的时间。

## 读取结果：完整的话、大字、工作人员看的简称

result-accepted_in = 您已于 { $time } 签到。
    .word = 签到成功
    .short = 签到
result-accepted_out = 您已于 { $time } 签退。
    .presence = 在场时间 { $since } 至 { $time }，共 { $presence }。
    .review = 服务时数经审核后计入。
    .word = 签退成功
    .short = 签退
result-already_in = 您已签到，无需再次操作。
    .since = 您已于 { $since } 签到，无需再次操作。
    .word = 您已签到
    .short = 重复签到
result-already_out = 您已签退，无需再次操作。
    .since = 您已于 { $since } 签退，无需再次操作。
    .word = 您已签退
    .short = 重复签退
result-code_sent = 验证码已通过短信发送，请在十分钟内在此输入。
    .word = 已发送
    .short = 已发验证码
result-refused = 本次未能签到或签退。
    .word = 未通过
    .short = 未通过
result-unreadable = 未能识别。
    .word = 请重试
    .short = 无法识别
result-not_recorded = 本次没有留下记录。
    .word = 未记录
    .short = 未记录

## 原因、可以怎么办、工作人员看的简称；条目名以日志中的代码结尾

reason-unknown_credential = 系统中没有这个二维码或这张卡。
    .remedy = 请找工作人员，可凭姓名查找。
    .short = 未登记的码或卡
reason-forged_badge = 这张证件不是主办方签发的。
    .remedy = 请出示您本人的证件，或找工作人员。
    .short = 非本方签发的证件
reason-random_uid = 这里不能用手机感应，也不能用卡号每次都变的卡。
    .remedy = 请出示手机屏幕上的二维码，或使用证件、另一张卡。
    .short = 手机或卡号不固定的卡
reason-forged_tag = 这张标签卡不是主办方签发的。
    .remedy = 请使用您本人的证件，或找工作人员。
    .short = 非本方签发的标签卡
reason-replayed_tap = 这张卡的签名已经在这里用过。
    .remedy = 请把卡拿开再重新刷一次；如果仍然如此，请找工作人员。
    .short = 卡签名重复使用
reason-expired_badge = 这张证件已过期。
    .remedy = 请找工作人员换发新证，今天可由他们为您登记。
    .short = 证件过期
reason-expired_credential = 这张卡或这部手机的登记已过期。
    .remedy = 请使用证件或其他卡，或找工作人员，可按姓名查到您。
    .short = 卡或手机登记过期
reason-expired_phone = 手机上的这个码已过期，每个码只在短时间内有效。
    .remedy = 请刷新页面并出示新的码，或使用证件。
    .short = 手机码过期
reason-revoked_credential = 这张证件、卡或这部手机的登记已更换或作废。
    .remedy = 请使用最新登记的证件、卡或手机，或找工作人员。
    .short = 已作废
reason-suspended_credential = 您的证件或卡已暂停使用。
    .remedy = 请联系您的负责人或现场工作人员。
    .short = 已暂停使用
reason-not_on_roster = 您不在本次活动的名单中。
    .remedy = 请告诉工作人员。中心可以把您加入名单，或事后补登您的时间。
    .short = 不在名单中
reason-wrong_site = 您的岗位在另一个站点。
    .remedy = 请前往“{ $site }”，或询问工作人员。
    .short = 岗位在其他站点
reason-activity_not_executing = 本次活动目前不在进行中。
    .remedy = 请查看排班上的时间。如果活动进行时您在场，请把时间告诉工作人员，可由他们登记。
    .short = 活动未在进行
reason-not_yet_open = 还没到签到时间。
    .remedy = 请在签到开始后再来。
    .opens = 请在签到开始后再来：{ $opens }。
    .short = 未到签到时间
reason-wrong_code = 验证码不正确。
    .remedy = 请对照短信重新输入。
    .tries = { $count ->
        [0] 暂时不能再试了。
       *[other] 还可以再试 { $count } 次。
    }
    .short = 验证码错误
reason-code_expired = 验证码已失效。
    .remedy = 请重新获取验证码，收到后尽快输入。
    .short = 验证码失效
reason-code_used = 这个验证码已经用过。
    .remedy = 请重新获取，每个验证码只能使用一次。
    .short = 验证码已用过
reason-too_many_tries = 输错次数过多。
    .remedy = 请稍等，或使用证件、卡片，或找工作人员。
    .short = 输错次数过多
reason-not_six_digits = 验证码是六位数字。
    .remedy = 请输入短信中的六位数字。
    .short = 不是六位数字
reason-too_many_codes = 已向这个手机号发送过多个验证码。
    .remedy = 请使用最新的一个，或稍后再获取。
    .short = 验证码过多
reason-already_in = 您已经签到。
    .remedy = 无需再做任何操作。
    .short = 已签到
reason-debounce = 刚刚已经读取过，一次就够了。
    .remedy = 如果要再次签到或签退，请等一分钟。
    .short = 重复读取
reason-unreadable = 二维码或卡未能识别。
    .remedy = 请拿稳、放平，对准读取处再试一次。
    .short = 无法识别
reason-not_recorded = 本终端的存储空间已满。
    .remedy = 请告知工作人员，由他们登记您的时间。
    .short = 存储已满
reason-other_realm = 这张证件仅供演示。
    .remedy = 请出示您的正式证件。
    .short = 演示证件
reason-other_realm-at_demo = 这台终端仅供演示，而您的证件是正式证件。
    .remedy = 请到屏幕上没有“演示”字样的终端签到。
    .short = 在演示终端使用正式证件
reason-no_answer = 终端没有及时回应。
    .remedy = 请再试一次，或告知工作人员。
    .short = 无回应
reason-out_of_order = 工作人员已将本终端停用。
    .remedy = 请使用其他终端，或咨询工作人员。
    .short = 已停用
reason-no_roster = 本终端尚无名单，无法识别此卡或此码。
    .remedy = 请出示您的证件，或找工作人员。
    .short = 尚无名单
reason-centre_decides = 已记录，计入哪项活动由中心认定。
    .remedy = 您无需再做任何操作。
    .short = 由中心认定
reason-terminal_revoked = 本终端已被停用，不再记录任何内容。
    .remedy = 请使用另一台终端，或告知现场工作人员。
    .short = 终端已停用
reason-unknown = 终端给出的原因是“{ $code }”。
    .remedy = 请询问工作人员。
    .short = { $code }

sms-code = 您的签到验证码是 { $code }，十分钟内有效，只能使用一次，请勿转告他人。
code-wait = { $duration }后可以重新输入验证码。

## 忘记签退后询问“您是何时离开的？”；撤销误操作

question-came = 您于 { $came } 签到（{ $activity }），但没有签退。
question-when = 您是什么时候离开的？
question-unknown = 我不记得了
question-how = 请按数字键，再按回车键。工作人员会核对您的回答。
take_back-how = 误操作？按 ⌫ 键可撤销。
take_back-word = 要撤销吗？
take_back-accepted_in = 要撤销这次签到吗？
take_back-accepted_out = 要撤销这次签退吗？撤销后您仍为已签到状态。
take_back-yes = Enter   是，这是误操作
take_back-no = Esc   否，保持不变
notice-done = 完成
notice-denied = 未完成

## 终端上的操作结果；{ $name } 为当事人，{ $wait } 为时长

done-answered = 谢谢。您的回答经人核对后生效。
done-declined = 没关系，工作人员会处理。
done-cancelled = 已撤销，不计入：{ $name }
done-logged_in = 您已登录：{ $name }
done-logged_out = 您已退出登录。
done-entered_in = 已登记签到：{ $name }
done-entered_out = 已登记签退：{ $name }
done-set = 本终端将按此设置运行，直至另行更改。
done-out_of_order = 本终端已停用，直至您重新启用。
done-in_order = 本终端已恢复使用。
done-restarted = 设备已关闭，正在重新启动。
done-unknown = 完成：{ $code }
denied-busy = 终端繁忙，操作未执行。请重试。
denied-not_logged_in = 此操作仅限工作人员。请先登录。
denied-no_staff = 本终端尚无工作人员名单。请向中心索取新的名单。
denied-wrong_pin = 工号与 PIN 码不符。
denied-pin_paused = PIN 码输错次数过多。请等待 { $wait } 后重试。
denied-no_such_question = 这个问题已有回答。
denied-out_of_bounds = 根据本终端的记录，不可能在该时间离开。请选择其他时间。
denied-cancel_again = 这条记录此前已撤销。
denied-cancel_unknown = 本终端近期没有这条记录。请到当时使用的终端上操作。
denied-cancel_newest_first = 此人还有更新的记录。请先撤销那一条。
denied-cancel_too_late = 已超过五分钟。请改为人工登记正确的时间。
denied-own_time = 工作人员不得登记或撤销自己的时间。请另外两人办理。
denied-same_person = 须由另一人确认。请找其他人。
denied-no_reason = 请填写原因。
denied-no_such_volunteer = 此志愿者不在本终端的名单中。中心可以将其加入名单，或补登时间。
denied-suspended = 此人目前已被暂停。请让其联系负责人；时间只能由中心登记。
denied-future_time = 该时间尚未到来。请更正。
denied-too_long_ago = 时间过早，终端无法登记。请到中心办理。
denied-already_in = 此人已经签到。
denied-before_check_in = 早于此人的签到时间。请更正。
denied-activity_not_executing = 当时没有正在进行的活动。请更正时间。
denied-no_such_activity = 本终端的名单中没有这项活动。
denied-no_such_time = 时间格式有误。请按 09:30 的格式填写。
denied-no_such_device = 没有这个名称的设备。
denied-not_recorded = 终端无法保存。请用纸笔记录。
denied-no_answer = 终端没有回应。请先确认是否已完成，再重试。
denied-unknown = 未完成：{ $code }

## 工作人员的表单

staff-log_in = 登录
staff-find = 查找志愿者
staff-direction = 发生了什么？
staff-in = 到达
staff-out = 离开
staff-write_down = 人工登记
staff-take_back = 撤销误操作
staff-terminal = 在本终端刷码的含义（直至另行更改）
staff-restart_device = 重新启动设备
staff-other_time = 其他时间
direction-set = 按设置
direction-unknown = { $code }
direction-toggle = 签到、签退交替
direction-in = 一律签到
direction-out = 一律签退
field-staff = 您的工号
field-pin = PIN 码
field-text = 姓名的一部分，或编号
field-time = 时间，如 09:30；留空为现在
field-reason = 原因
field-second = 确认人的工号
field-second_pin = 确认人的 PIN 码
field-activity = 活动编号；留空为正在进行的活动
form-how = 按回车键继续，按 Esc 键放弃。
choice-how = 用方向键选择，按回车键确定，按 Esc 键放弃。
choice-nothing = 没有可选项。按 Esc 键返回。

## 工作人员屏幕

label-terminal = 终端
label-here = 在场（{ $count }）
label-elsewhere = 其他终端 { $count }
label-expected = 应到 { $count }
label-readings = 最近读取
label-devices = 设备
label-name = 姓名
label-since = 签到时间
label-time = 时间
label-method = 方式
label-result = 结果
label-reason = 原因
label-device = 设备
label-state = 状态
label-read = 成功
label-unread = 失败
label-last = 最近
label-link = 网络
label-unsent = 待上传
label-oldest = 最早待上传
label-acknowledged = 最近确认
label-clock = 时钟
label-disk = 剩余空间
label-roster = 名册
label-log = 日志
label-temperature = 温度
temperature = { $degrees } °C
temperature-slowed = { $degrees } °C，已降速
label-power = 供电
power-weak = 不足：请换用功率更大的电源
roster-version = 第 { $version } 版
log-head = 第 { $number } 条
nobody-here = 目前无人签到。
no-readings = 还没有读取记录。
no-devices = 没有配置设备。
never = 从未

device-closed = 已关闭
device-opening = 正在打开
device-ready = 正常
device-fault = 故障
device-unknown = { $code }

link-connected = 已连接
link-disconnected = 已断开

clock-synced = 已同步
clock-holdover = 沿用上次同步的时间
clock-rtc = 来自时钟芯片，未核对
clock-unset = 未设置
clock-unknown = { $code }

method-badge = 证件
method-phone = 手机码
method-other_code = 其他码
method-id_card = 身份证
method-card = 卡
method-tag = 标签卡
method-sms_code = 验证码
method-sms_in = 短信
method-manual = 人工登记
method-code = 码
method-id_number = 身份证
method-card_uid = 卡
method-signed_tap = 卡
method-keypad = 验证码
method-sms = 短信
method-unknown = { $code }

engine-waiting = 正在连接终端服务……
engine-lost = 终端服务自 { $time } 起没有回应。当前显示的是那时的情况，正在重新连接。
engine-back = 终端服务已恢复。

key-quit = 退出
key-language = 语言
key-staff = 工作人员
key-log_out = 退出
key-write_down = 人工登记
key-take_back = 撤销
key-answer = 代答
key-terminal = 终端
key-restart_device = 设备
key-out_of_order = 停用
key-help = 帮助
help-title = 帮助
help-close = 按 Esc 关闭。
help-keys = q 退出，l 切换语言，? 显示本帮助，s 工作人员登录。Tab 切换列表，方向键滚动。
help-readings = ✔ 通过   = 无变化   → 已发验证码   ✖ 未通过   ? 无法识别   ! 未记录
help-devices = ● 正常   ◌ 正在打开   ○ 已关闭   ✖ 故障（处理办法见下一行）
help-link = 凡显示成功的记录，都已先存入本机。“待上传”是中心尚未确认的记录，网络恢复后会自动上传。

## 结算页面

head-volunteer = 志愿者
head-in = 签到
head-out = 签退
head-presence = 在场时长
head-hours = 服务时数
head-rules = 计算规则
head-activity = 活动
head-date = 日期
head-flags = 提示
head-state = 状态
head-change = 增减

## 事件的处理结果

outcome-used = 已计入。
outcome-redelivered = 同一事件重复送达，只计一次。
outcome-duplicate_scan = 一分钟内重复读取，以第一次为准。
outcome-cancelled = 已在五分钟内于终端撤销，不计入。
outcome-held-CORRECTION_WITHOUT_EFFECT = 暂存：此更正提交过晚，或找不到其更正的记录。
outcome-held-EVENT_ID_CONFLICT = 暂缓：已有编号相同而内容不同的事件，两者均保留。
outcome-held-UNKNOWN_CREDENTIAL = 暂缓：查不到这个码或卡的持有人。
outcome-held-UNKNOWN_ACTIVITY = 暂缓：查不到这项活动。
outcome-held-FUTURE_TIME = 暂缓：事件时间晚于送达时间。
outcome-held-MANUAL_NO_REASON = 暂缓：人工登记没有写明原因。
outcome-held-MANUAL_SELF = 暂缓：登记人或确认人就是本人。
outcome-held-MANUAL_UNCONFIRMED = 暂缓：人工登记尚未经第二人确认。
outcome-held-CREDENTIAL_REVOKED = 暂缓：当时证件或卡已作废。
outcome-held-PHASE_CLOSED = 暂缓：当时活动不在进行中。
outcome-unknown = { $code }

## 时段提示：完整的话和简称

flag-CLOCK_CORRECTED = 终端时钟的偏差已知，时间已校正。
    .short = 时钟已校正
flag-CLOCK_LARGE = 终端时钟偏差超过五分钟，请核对校正后的时间。
    .short = 时钟偏差大
flag-CLOCK_UNKNOWN = 终端时钟无法核对，时间缺乏依据。
    .short = 时间无依据
flag-NOT_ASSIGNED = 此人不在本次活动的名单中。
    .short = 不在名单中
flag-MISSING_IN = 有签退，没有签到。
    .short = 缺签到
flag-MISSING_OUT = 有签到，没有签退。
    .short = 缺签退
flag-OPEN = 仍在场，时段尚未结束。
    .short = 未结束
flag-EARLY_ARRIVAL = 班次开始前到场，之前的时间不计入。
    .short = 早到
flag-LATE_ARRIVAL = 班次开始后才到场。
    .short = 迟到
flag-EARLY_LEAVE = 班次结束前离场。
    .short = 早退
flag-LATE_LEAVE = 班次结束后才离场，之后的时间不计入。
    .short = 晚退
flag-OUTSIDE_WINDOW = 整个时段都在班次之外，不计入。
    .short = 班次之外
flag-BREAK_DEDUCTED = 已扣除休息时间。
    .short = 扣除休息
flag-OVERLAP = 与另一时段重叠，同一时间只计一次。
    .short = 时段重叠
flag-SITE_CONFLICT = 同一人同时出现在两个站点，请核对两处记录。
    .short = 两地同时
flag-BELOW_MIN_SESSION = 时段过短，不计入。
    .short = 时段过短
flag-DAILY_CAP = 已达当日上限，超出部分不计入。
    .short = 当日上限
flag-MANUAL = 本时段含人工登记。
    .short = 人工登记
flag-unknown = { $code }
    .short = { $code }

## 时数的由来：从在场时间到服务时数，每一步一句话

step-presence = { $in } 至 { $out } 在场：{ $seconds }
step-CLOCK_PROVABLE_MINIMUM = 终端时钟不确定，只计能够确证的时间：{ $seconds }
step-MISSING_IN = 没有签到记录，无法计时。
step-MISSING_OUT = 没有签退记录，无法计时。
step-STILL_OPEN = 仍在场，签退后计时。
step-CREDITED_TO_SHIFT_END = 没有签退记录，暂计至班次结束 { $at }：{ $seconds }
step-CLIPPED_TO_SHIFT_START = { $at } 之前不在班次内：{ $seconds }
step-CLIPPED_TO_SHIFT_END = { $at } 之后不在班次内：{ $seconds }
step-BETWEEN_SHIFTS = 两个班次之间的时间：{ $seconds }
step-OUTSIDE_SHIFT = 全部在班次之外：{ $seconds }
step-SCHEDULED_BREAK = 活动规定的休息时间：{ $seconds }
step-AUTOMATIC_BREAK = 长时间服务应扣的休息时间：{ $seconds }
step-NOT_SERVICE = 培训和路途不计入服务时数：{ $seconds }
step-OVERLAP_REMOVED = 这段时间已计入“{ $activity }”：{ $seconds }
step-BELOW_MINIMUM = 时间过短，不计入：{ $seconds }
step-CUT_TO_DAILY_CAP = 超出当日上限：{ $seconds }
step-total = 计入：{ $seconds }
step-unknown = { $code }：{ $seconds }

## 时数条目及其审核

line-pending = 待审核
line-approved = 已通过
line-rejected = 已驳回
line-adjusted = 已通过并调整
line-superseded = 已由新的计算结果取代
line-withdrawn = 已撤回
line-unknown = { $code }
adjustment-LATE_EVENT = 审核通过后又有记录送达。
adjustment-MASTER_DATA = 审核通过后更正了班次、名册或规则。
adjustment-unknown = { $code }

## 证明查验

certificate-valid = 有效：本证明由本中心开具，内容与记录一致。
certificate-stale = 由本中心开具，但其后记录有更正。请向记录单位申请新的证明。
certificate-superseded = 由本中心开具，已由 { $newer } 取代。
certificate-never_issued = 本中心从未开具此编号的证明。
certificate-not_a_number = 这不是证明编号：有数字错误或缺失。
certificate-unknown = { $code }

## 单条时数记录的说明

explain-line = { $name }（{ $volunteer }），{ $activity }，{ $date }（时间按 { $zone }）
explain-waits = 此人有新记录正在等待计算，以下内容可能在数秒内变化。
explain-session = 时段 { $number }
explain-came = 签到 { $at }：{ $evidence }
explain-left = 签退 { $at }：{ $evidence }
explain-clock = 终端时钟当时显示 { $wall }，已根据证据校正。
explain-manual = 由 { $entered } 手工录入，{ $confirmed } 确认：{ $reason }（{ $source }）
explain-named-assigned = 终端没有指明活动；当时该站点进行中的活动里，只有这一项安排了此人。
explain-named-only = 终端没有指明活动；当时该站点只有这一项活动在进行。
explain-named-person = 终端没有指明活动；{ $by } 确认属于这项活动：{ $reason }
explain-named-none = 暂缓：终端没有指明活动，当时该站点没有活动在进行。
explain-named-several = 暂缓：终端没有指明活动，当时该站点有多项活动在进行，须有人指明是哪一项。
explain-named-unknown = { $code }
explain-uncounted = 未计入的记录：
explain-result = 按第 { $version } 版规则，本条记录为 { $duration }，显示为 { $hours } 小时。
explain-ledger = 台账，本条记录状态：{ $state }
explain-original = 第 { $number } 版记录：{ $seconds }，{ $at } 按第 { $version } 版规则入账，{ $state }
explain-adjustment = 第 { $number } 次调整：{ $seconds }，{ $at } 按第 { $version } 版规则入账，{ $state }
explain-decided = { $by } 于 { $at } 作出决定。
explain-note = 备注：{ $note }
explain-override = 证据未到齐时作出决定，理由：{ $reason }
explain-counts = 已批准：{ $approved }；等待审核：{ $waiting }。
explain-points = 本条记录的积分：{ $now }；全部批准后为 { $after }。
explain-stars = 不含本条记录的星级：{ $without }；含本条：{ $now }；全部批准后：{ $after }。
explain-value = 本活动的评估价值（不是服务时长）：{ $hours } 小时，由 { $seconds } 乘以职责系数 { $duty } 和成效系数 { $effect } 得出。
explain-no-value = 尚无评估价值：它由已批准的时长得出。
explain-rules = 规则全文见 { $file }；中心网页地址：{ $addresses }

## 中心的报告

report-value = { $year } 年志愿服务的经济价值（{ $currency }）
report-ranking = { $year } 年表彰排名
report-lapsed = 自 { $since } 起无已审核时长的志愿者
report-indicators = { $year } 年指标
report-notice = { $year } 年公示：服务时长与积分兑换
report-aggregate = { $year } 年志愿服务汇总
report-total = 合计
report-whole-centre = 全中心
ranking-tied = 并列
lapsed-never = 从未

column-path = 路径
column-organisation = 组织
column-hours = 时长（小时）
column-value = 价值
column-place = 名次
column-number = 编号
column-name = 姓名
column-feedback = 服务对象评价（‰）
column-tie = 并列
column-last_day = 最近服务日
column-level = 层级
column-members = 志愿者
column-active = 活跃
column-retention = 留存
column-points = 积分
column-spent = 已兑换
column-gifts = 礼品
column-month = 月份
column-unknown = { $code }

note-rate = 每小时按 { $rate } { $currency } 计（{ $year } 年）。标准来源：{ $source }
note-rounding = 各行金额分别四舍五入到分，相加可能与合计相差一分。
note-ranking = 先按已审核时长，再按服务对象评价的平均值排名。并列者名次相同，由人决定。
note-unwilling = { $count ->
   *[other] { $count } 名志愿者要求不参加排名，未列入。
}
note-suspended = { $count ->
   *[other] { $count } 名被暂停的志愿者未列入。
}
note-lapsed = 已退出所有组织的人员不在此列。
note-indicators = 志愿者：年末所属人数。活跃：当年在该处有已审核时长的人数。各级均包含其下属组织。
note-retention = 留存：上一年活跃的志愿者中本年仍活跃的比例。
note-notice = 当年已审核的时长、获得的积分和批准的礼品。如有异议，请向所属组织提出。
note-masked = 姓名已作遮盖；要求不公开姓名者以 *** 表示。
note-withheld = { $count ->
   *[other] 有 { $count } 个人数少于 { $smallest } 的分组未列出；也不给出可据以推算的合计。
}

## 证据完整程度：同一句话的各部分

completeness-of = { $title }：{ $told }。
completeness-between = {"；"}
completeness-until = 截至 { $at } 数据完整
completeness-unknown = 目前无法判断
completeness-gap = 终端 { $terminal } 缺少第 { $numbers } 号记录
completeness-one = 终端 { $terminal } 缺少第 { $number } 号记录
completeness-silent = 终端 { $terminal } 自 { $at } 起无消息
completeness-never = 终端 { $terminal } 从未连接
completeness-no-terminal = 此处尚未登记终端
completeness-waiting = { $count } 条记录等待审核
completeness-ready = 可以审核
completeness-not-ready = 尚不能审核，自 { $due } 起可注明理由后审核

## 打印的证件

badge-until = 有效期至 { $date }

## 句中的列举

list-between = {"、"}

## 故障与处理办法；标识以源代码中的故障代码结尾

error-unknown = 出现问题：{ $code }。
    .remedy = 请更新本程序：它比报告此问题的程序旧。

## 设置文件

error-settings_missing = 设置文件 { $path } 不存在。
    .remedy = 请将 { $shipped } 复制到该处并修改，或用 --config 指定其他文件。
error-file_not_readable = 无法读取文件 { $path }：{ $why }。
    .remedy = 请更正该文件。
error-setting_unknown = { $path } 中的键“{ $key }”：没有这项设置。
    .remedy = 请更正该键；随附的设置文件有说明。
error-setting_wrong = { $path } 中的键“{ $key }”：{ $why }。
    .remedy = 请更正该键；随附的设置文件有说明。
error-settings_wrong = 文件 { $path } 有误：{ $why }。
    .remedy = 请更正该键；随附的设置文件有说明。
error-in_file = { $path }：{ $why }
    .remedy = { $why_remedy }
error-shared_clock_unopened = 无法打开共享时钟 { $path }（{ $why }）。
    .remedy = 请用 `muster demo` 启动它。

## 设备

error-driver_failed = 驱动程序意外出错（{ $place } 中的 { $error }）。
    .remedy = 它会自动重新启动；请报告给开发人员。
error-library_missing = { $kind } 类设备的程序库缺少或已损坏：{ $why }。
    .remedy = 请安装 Muster 及其程序库：`muster[kiosk]`。
error-library_of_packages_missing = { $kind } 类设备的程序库缺少或已损坏：{ $why }。
    .remedy = 请运行 `apt-get install { $packages }`，并安装 Muster 及其程序库：`muster[kiosk]`。
error-not_opened_in_time = 未能及时打开。
    .remedy = 请检查线缆和电源。
error-port_forbidden = 无法打开串口 { $port }（{ $why }）。
    .remedy = 请将服务用户加入拥有该串口的用户组（dialout）。
error-port_in_use = 无法打开串口 { $port }（{ $why }）。
    .remedy = 另一个程序占用了该串口，请将其停止（已知 ModemManager 和 brltty 会占用串口）。
error-port_lost = 与串口 { $port } 的连接已断开（{ $why }）。
    .remedy = 请检查线缆和电源；串口恢复后会自动重新打开。
error-port_missing = 无法打开串口 { $port }（{ $why }）。
    .remedy = 请插好设备，或在设置中填写它在 /dev/serial/by-id 下的串口名称。
error-port_not_open = 串口 { $port } 尚未打开。
    .remedy = 请先将其打开。
error-port_not_opened = 无法打开串口 { $port }（{ $why }）。
    .remedy = 请检查线缆和电源；串口恢复后会自动重新打开。
error-port_not_serial = 无法打开串口 { $port }（{ $why }）。
    .remedy = 请填写串口；该文件不是串口。
error-port_speed = 无法打开串口 { $port }（{ $why }）。
    .remedy = 请选择该串口支持的速率。
error-camera_frozen = 摄像头 { $camera } 的画面一直不变。
    .remedy = 请拔下摄像头再重新插上；它会自动重新打开。
error-camera_gone = 摄像头不再发送画面。
    .remedy = 请检查其线缆、电源和网络。
error-camera_not_opened = 无法打开摄像头 { $path }。
    .remedy = 请确认它已插好、未被占用，且本程序的用户属于 video 组。
error-camera_silent = 地址 { $address } 的摄像头没有响应。
    .remedy = 请检查其电源、网络和地址。
error-camera_stalled = 摄像头 { $camera } 没有发送画面。
    .remedy = 请检查其线缆、电源和网络；它会自动重新打开。
error-film_empty = 视频文件 { $path } 中没有画面。
    .remedy = 请指定其他文件。
error-film_missing = 视频文件 { $path } 不存在。
    .remedy = 请更正摄像头的 `source`。
error-film_not_readable = { $path } 不是可以读取的视频。
    .remedy = 请将其转换为 Motion JPEG（.avi）。
error-photograph_missing = 照片 { $path } 不存在或不是图片。
    .remedy = 请将其放到该处，或从清单中删除第 { $line } 行。
error-photographs_line_wrong = { $path } 的第 { $line } 行无法理解（{ $why }）。
    .remedy = 请写明文件、类别和 JSON 文本列表，例如：a.jpg,close,"[""TEXT""]"。
error-photographs_none = { $path } 中没有列出照片。
    .remedy = 请为每张图片添加一行。
error-photographs_not_listed = 无法读取照片清单 { $path }（{ $why }）。
    .remedy = 请指定含有 manifest.csv 的文件夹，其列为 file、category 和 expected。
error-pictures_missing = 文件夹 { $path } 中没有图片。
    .remedy = 请放入 .jpg 或 .png 文件。
error-recording_ended = 录像 { $path } 已播放完毕。
    .remedy = 如需循环播放，请设置 `loop`。
error-zbar_missing = 缺少程序库 zbar。
    .remedy = 请安装 Debian 软件包 libzbar0。
error-card_reader_gone = 读卡器已断开（{ $why }）。
    .remedy = 请将其插好；如已插好，请避免内核模块 pn533_usb 占用它。
error-card_reader_missing = 没有插入读卡器。
    .remedy = 请将其插好；如已插好，请避免内核模块 pn533_usb 占用它。
error-card_reader_named_missing = 没有插入读卡器“{ $reader }”。
    .remedy = 请将其插好；如已插好，请避免内核模块 pn533_usb 占用它。
error-card_service_missing = 无法读取非接触卡：{ $why }。
    .remedy = 请安装 pcscd：apt-get install pcscd libccid。
error-card_service_silent = 智能卡服务没有响应（{ $why }）。
    .remedy = 请启动 pcscd（systemctl start pcscd.socket），并确认服务用户有权使用。
error-id_module_failed = 安全模块自检失败。
    .remedy = 请重启阅读器；如仍无效，请送修。
error-id_module_not_authorised = 安全模块未经授权。
    .remedy = 请重启阅读器；如仍无效，请送修。
error-id_reader_other = 阅读器 { $reader } 的响应不符合身份证阅读器。
    .remedy = 请检查其电源以及设置中的串口和速率。
error-id_reader_silent = 阅读器 { $reader } 没有响应了。
    .remedy = 请关闭后重新打开，并检查线缆。
error-keyboard_forbidden = 无法打开键盘 { $path }（{ $why }）。
    .remedy = 请将服务用户加入拥有该设备的用户组（input）。
error-keyboard_in_use = 无法打开键盘 { $path }（{ $why }）。
    .remedy = 另一个程序占用了它，请停止该程序。
error-keyboard_lost = 与键盘 { $path } 的连接已断开（{ $why }）。
    .remedy = 请检查线缆；恢复后会自动重新打开。
error-keyboard_missing = 无法打开键盘 { $path }（{ $why }）。
    .remedy = 请将其插好，或在设置中填写它在 /dev/input/by-id 下的路径。
error-keyboard_no_input = 无法打开键盘 { $path }（{ $why }）。
    .remedy = 请填写输入设备；该文件不是输入设备。
error-keyboard_not_opened = 无法打开键盘 { $path }（{ $why }）。
    .remedy = 请检查线缆；恢复后会自动重新打开。
error-keyboard_other = 键盘 { $path } 是 { $found }，不是 { $known }。
    .remedy = 请插入已登记的键盘，或在设置中填写这一只的编号。
error-modem_failed = 调制解调器一再出错。
    .remedy = 已将其重启；如仍出错，请检查天线、SIM 卡和电源。
error-modem_lists_nothing = 调制解调器无法列出短信（{ $why }）。
    .remedy = 请检查其 SIM 卡；它会重新设置。
error-modem_no_answer = 调制解调器未及时响应 { $command }。
    .remedy = 它会自动重新打开；请检查电源。
error-modem_no_network = 调制解调器失去了网络。
    .remedy = 已将其重启；如仍出错，请检查天线、SIM 卡和电源。
error-modem_refused = 调制解调器拒绝了 { $command }（{ $why }）。
    .remedy = 请使用支持 PDU 模式短信的调制解调器。
error-modem_silent = 调制解调器没有响应。
    .remedy = 请检查其电源、串口和速率。
error-recipient_no_number = 收件人不是电话号码。
    .remedy = 请在名单中更正号码。
error-sim_not_ready = 调制解调器的 SIM 卡尚未就绪，无法使用。
    .remedy = 请确认已插入且已激活。
error-sim_not_usable = 调制解调器的 SIM 卡无法使用（{ $why }）。
    .remedy = 请确认已插入且已激活。
error-sim_pin = 调制解调器的 SIM 卡要求输入 PIN 码。
    .remedy = 请用手机关闭 PIN 码。
error-text_not_readable = 无法读取一条短信：{ $why }。
    .remedy = 请发送人改发纯文本短信。
error-text_too_long = 文本超过 { $most } 条短信的长度。
    .remedy = 请缩短。
error-clip_not_written = 无法写入短片 { $path }。
    .remedy = 请指定可写文件夹中以 .avi 结尾的文件。
error-clip_other = { $path } 不是出示证件的短片。
    .remedy = 请用 `write_clip` 制作。
error-stand_ins_missing = { $path } 处没有模拟设备：{ $why }。
    .remedy = 请用 --twins 启动终端程序。
error-file_not_read = 无法读取文件 { $path }：{ $why }。
    .remedy = 请检查文件名和磁盘。
error-file_not_written = 无法写入文件 { $path }：{ $why }。
    .remedy = 请指定其他文件：所在文件夹须存在，磁盘须有足够空间。

## 约定：消息、密钥、名单、证件

error-badge_day = 无法签发有效期至 { $day } 的证件。
    .remedy = 请使用 { $first } 之后、不晚于 { $last } 的日期，或不填。
error-badge_number = 无法为志愿者 { $volunteer } 签发序号为 { $serial } 的证件。
    .remedy = 志愿者编号须为 1 至 { $most }，序号须小于 65536。
error-batch_miscounted = 一批 { $events } 条记录自称有 { $claimed } 条（第 { $first } 至 { $last } 条）。
    .remedy = 终端须重新发送。
error-batch_not_chained = 第 { $first } 至 { $last } 条记录与该批所述的哈希值不符。
    .remedy = 请用 `muster log verify` 核对终端的日志。
error-batch_not_inflated = 一批记录无法解压：{ $why }。
    .remedy = 终端须重新发送。
error-batch_too_large = 一批记录解压后超过 { $most } 字节。
    .remedy = 终端每次须少发一些记录。
error-event_not_understood = 有一条记录无法理解：{ $why }。
    .remedy = 请人工核查。
error-event_too_large = 一条记录有 { $bytes } 字节，超过 { $most }。
    .remedy = 请缩短其原因说明。
error-event_without_place = 有一条记录没有位置：{ $why }。
    .remedy = 请人工核查。
error-file_not_whole = 文件 { $path } 不完整：只能读出 { $number } 条消息。
    .remedy = 请重新复制，或在终端上重新导出；重复导入没有影响。
error-header_not_understood = 一条已签名的 { $kind } 消息无法理解：{ $why }。
    .remedy = 请更新本端。
error-message_too_large = 一条消息有 { $bytes } 字节，超过 { $most }。
    .remedy = 终端每次须少发一些记录。
error-no_envelope = 一条消息不是 Muster 的信封：{ $why }。
    .remedy = 请查看隔离区。
error-not_signed = 一条 { $kind } 消息不是由密钥 { $key } 签名的。
    .remedy = 请确认是哪台终端发送的；如密钥已更换，请重新登记该终端。
error-other_version = 一条消息使用约定的第 { $version } 版，本端使用第 { $own } 版。
    .remedy = 请更新较旧的一端。
error-told_other_realm = 一条 { $kind } 消息属于 { $meant } 环境，而本终端属于 { $realm }。
    .remedy = 请将终端连接到同一环境的中心。
error-told_other_terminal = 一条 { $kind } 消息是发给终端 { $meant } 的，而本终端是 { $terminal }。
    .remedy = 请检查消息服务器的访问控制表。
error-key_not_read = 无法读取签名密钥 { $path }：{ $why }。
    .remedy = 请检查路径，并确认此账户有权读取。
error-key_not_written = 无法写入签名密钥 { $path }：{ $why }。
    .remedy = 请指定其他文件：可能正在使用的密钥不会被替换。
error-key_other = 密钥 { $path } 不是 Ed25519 密钥。
    .remedy = 请重新登记终端。
error-pseudonym_key_length = 化名密钥 { $path } 有 { $bytes } 字节。
    .remedy = 须为 { $digits } 位十六进制数字（{ $wanted } 字节）。
error-pseudonym_key_not_read = 无法读取化名密钥 { $path }：{ $why }。
    .remedy = 请复制中心为终端生成的 64 位十六进制数字文件。
error-public_key_wrong = 公钥须为 64 位十六进制数字。
    .remedy = 请重新复制。
error-no_pin = 这不是 PIN 码。
    .remedy = 请选择 { $fewest } 至 { $most } 位数字。
error-pin_too_simple = 这个 PIN 码太容易被猜到。
    .remedy = 请不要使用相同或连续的数字。
error-no_setting = “{ $text }”不是设置。
    .remedy = 请写成 KEY=VALUE，例如 debounce_s=30。
error-roster_not_trusted = 名单不可信：{ $why }
    .remedy = 请从中心重新获取。
error-roster_not_whole = 第 { $version } 版名单无法拼合：{ $why }。
    .remedy = 中心会在下次问候时重新发送。
error-roster_other_realm = 名单属于 { $meant } 环境，而本终端属于 { $realm }。
    .remedy = 演示数据不与正式数据混用：请获取正确的名单。
error-roster_other_terminal = 名单是发给终端 { $meant } 的，而本终端是 { $terminal }。
    .remedy = 请获取本终端的名单。

## 终端日志

error-log_chain_broken = 纪元 { $epoch } 的哈希链在第 { $number } 条断开。
    .remedy = 请保留该文件：它能显示被改动之处。请将其送交中心。
error-log_damaged = 日志 { $path } 已损坏：{ $why }。
    .remedy = 请保留该文件，用新日志启动，并将旧日志送交中心。
error-log_disk_full = 未记录：日志 { $path } 所在磁盘已满。
    .remedy = 请腾出空间；此前已接受的记录是安全的。
error-log_end_broken = 日志 { $path } 已损坏：纪元 { $epoch } 的哈希链在第 { $number } 条断开。
    .remedy = 请保留该文件，用新日志启动，并将旧日志送交中心。
error-log_held = 另一个终端程序正在写入日志 { $path }。
    .remedy = 请先将其停止（`systemctl stop muster-kiosk`），或为本程序另设日志。
error-log_missing = { $path } 处没有可读取的日志（{ $why }）。
    .remedy = 请先启动终端程序（`muster engine`），由它创建日志。
error-log_newer = 日志 { $path } 由更新版本的 Muster 写入（结构版本 { $version }）。
    .remedy = 请更新本终端。
error-log_not_opened = 无法打开日志 { $path }：{ $why }。
    .remedy = 请确认文件夹存在，且此账户有权写入。
error-log_not_salvaged = 无法抢救破损的日志 { $path }：{ $why }。
    .remedy = 请腾出空间或检查磁盘；破损文件仍在原处。
error-log_not_written = 未记录：无法写入日志 { $path }（{ $why }）。
    .remedy = 请检查磁盘及其权限；此前已接受的记录是安全的。
error-log_other_terminal = 日志 { $path } 属于终端 { $other }，而本终端是 { $terminal }。
    .remedy = 请插入正确的存储卡，或更正设置中的 `terminal`。
error-log_torn = 日志曾破损。保留了 { $number } 条记录；缺失：{ $missing }。参见 { $file }。
    .remedy = 请保留该文件并联系中心。
error-log_torn_in_use = 日志 { $path } 已损坏：使用中遇到破损页。
    .remedy = 请保留该文件，用新日志启动，并将旧日志送交中心。
error-log_wal_torn = { $path } 的预写日志已破损。
    .remedy = 请保留该文件并联系中心。
lost-nothing = 无
lost-everything = 全部
lost-one = { $epoch } 第 { $first } 条
lost-span = { $epoch } 第 { $first } 至 { $last } 条
lost-and_later = { $epoch } 第 { $first } 条及其后
lost-unknown = { $code }

## 与中心的连接

error-broker_away = 消息服务器 { $broker } 已断开。
    .remedy = 签到记录保存在本机。
error-broker_refuses = 消息服务器 { $broker } 拒绝本终端（{ $why }）。
    .remedy = 签到记录保存在本机；请检查终端的证书以及是否已登记。
error-broker_unreachable = 无法连接消息服务器 { $broker }（{ $why }）。
    .remedy = 签到记录保存在本机；请检查网络和设置中的 [broker]。
error-centre_holds_others = 在纪元 { $epochs } 中，中心保存的记录与本机日志不同。
    .remedy = 请联系中心。
error-certificates_not_usable = 无法使用消息服务器的证书：{ $why }。
    .remedy = 请检查 [broker] 下的 ca_file、certificate_file 和 key_file。
error-events_refused = 中心拒收第 { $first }–{ $last } 条记录：{ $reason }
    .remedy = { $reason_remedy }
error-pauses_contradict = longest_pause_ms 不得小于 shortest_pause_ms。
    .remedy = 请更正 [broker] 下的其中一项。
reject-auth = 它不认识本终端的密钥。
    .remedy = 请在中心登记本终端。
reject-chain = 与它已保存的记录相矛盾。
    .remedy = 请保留终端的存储卡并联系中心：存储卡曾被还原或复制。
reject-malformed = 无法读取。
    .remedy = 会重新发送；如持续如此，请联系中心。
reject-realm = 一端为演示环境，另一端不是。
    .remedy = 请将终端连接到同一环境的中心。
reject-size = 数据量过大。
    .remedy = 此后每次会少发一些，无需处理。
reject-version = 两端的版本不同。
    .remedy = 请更新较旧的一端。
reject-unknown = { $code }。
    .remedy = 请联系中心。

## 终端：设置、本地接口、中心下发的内容、文件

error-device_named_twice = { $path } 中有两个设备都叫“{ $name }”。
    .remedy = 请为每个设备取不同的名称。
error-stand_ins_at_live = 要求使用模拟设备，但本终端是正式终端。
    .remedy = 请去掉 --twins，或使用演示。
error-uplink_not_running = 上传程序没有运行。
    .remedy = 签到记录保存在本机；请查看 `systemctl status muster-uplink`。
error-zone_not_known = { $path } 中的键“zone”：“{ $zone }”不是已知的时区。
    .remedy = 请填写 IANA 时区数据库中的名称，例如 Asia/Shanghai。
error-client_other_version = { $client } 使用本地接口的第 { $version } 版。
    .remedy = 请重新启动它：它在运行期间已被更新。
error-client_without_hello = 一个客户程序未先问候就发送了消息。
    .remedy = 请重新启动或更新它。
error-conversation_not_read = 无法读取会话记录 { $path }：{ $why }
    .remedy = 请从终端程序的接口重新录制。
error-conversation_without_snapshot = 会话记录 { $path } 不是以状态快照开头。
    .remedy = 请从第一行开始录制会话。
error-engine_ended = 终端程序断开了连接。
    .remedy = 终端程序恢复运行后会自动重新连接。
error-engine_line_too_long = 终端程序发送的一行超过 { $most } 字节。
    .remedy = 请在两端运行相同版本的 Muster。
error-engine_missing = { $path } 没有响应。
    .remedy = 请启动终端程序：systemctl start muster-kiosk。
error-engine_other_version = 终端程序使用本地消息的第 { $version } 版，而不是第 { $own } 版。
    .remedy = 请在两端运行相同版本的 Muster。
error-engine_silent = { $path } 处的终端程序没有回应。
    .remedy = 请查看 journalctl -u muster-kiosk。
error-local_line_not_understood = 终端本地接口上有一行无法理解：{ $why }。
    .remedy = 请在两端运行相同版本的 Muster。
error-socket_failed = 与 { $path } 的连接失败：{ $why }。
    .remedy = 请查看 journalctl -u muster-kiosk。
error-socket_forbidden = 此用户无权使用 { $path }。
    .remedy = 请将其加入该接口所属的用户组。
error-socket_not_made = 无法创建本地接口 { $path }：{ $why }。
    .remedy = 请在 `socket` 中指定此账户可写的文件夹（最多 107 个字符）。
error-ack_other_terminal = 一条确认是发给 { $terminal } 的。
    .remedy = 请检查消息服务器。
error-command_too_late = 指令 { $id } 超过期限 { $ms } 毫秒才送达。
    .remedy = 如仍有效，中心会再次下发。
error-delivered_file_wrong = { $path }（`{ $key }`）：{ $why }
    .remedy = { $why_remedy }
error-delivered_not_deleted = 文件 { $path }（`{ $key }`）已被接收，不再需要，但终端程序无法将其删除。{ $why }
    .remedy = 请以 root 身份运行 `rm { $path }`，重新启动终端程序，并将此类文件放入属于终端程序账户的文件夹。
error-delivered_not_seen = 无法确认文件 { $path }（`{ $key }`）是否存在：{ $why }。
    .remedy = 请指定属于终端程序账户的文件夹。
error-key_lost = { $why }
    .remedy = 请将密钥重新放到 { $path }（`{ $key }`），并重新启动终端程序。
error-key_not_taken = { $why }设置中为 `{ $key }`。
    .remedy = { $why_remedy }
error-kind_not_taken = 本终端不接收 { $kind } 消息。
    .remedy = 请更新本终端。
error-roster_file_not_read = 无法读取名单 { $path }（`{ $key }`）：{ $why }。
    .remedy = 请将其交给终端程序账户，或将其移走：中心会向终端发送名单。
error-roster_other_number = 作为第 { $version } 版送达的名单自称第 { $called } 版。
    .remedy = 请在中心重新发布。
error-still_held = 本终端已被撤销，但仍保存着不应保留的内容：{ $left }
    .remedy = 请手动删除这些文件，或销毁存储卡。
error-disk_full = 磁盘已满；签到记录正写入最后的预留空间。
    .remedy = 请尽快腾出空间。
error-kept_changed = 无法使用文件 { $path }：它被改动过，或是在另一台设备上写入的。
    .remedy = 中心会自动重新发送其内容。
error-kept_elsewhere = 无法使用文件 { $path }：它不是在本设备上写入的。
    .remedy = 中心会自动重新发送其内容。
error-kept_forgotten = 没有写入文件 { $path }：本终端已被要求清除所有内容。
    .remedy = 请用另一密钥重新登记，并重新启动。
error-kept_not_read = 无法使用文件 { $path }：{ $why }。
    .remedy = 中心会自动重新发送其内容。
error-kept_not_written = 无法写入文件 { $path }：{ $why }。
    .remedy = 请检查状态文件夹所在磁盘，并确认此账户有权写入。
error-not_deleted = 未能删除：{ $paths }。
    .remedy = 请手动删除。
error-revocation_not_noted = 无法写入文件 { $path }。
    .remedy = 请腾出空间。
error-glyph_wrong = { $path } 中的“{ $line }”不是字形。
    .remedy = 请重新安装 Muster：有文件已损坏。

## 机器上需要修复的问题

error-brltty_installed = 已安装 brltty：它会把 CH340 串口转换器（1a86:7523）当作盲文显示器占用。
    .remedy = 请运行 `apt-get purge brltty`，除非有人用盲文使用本机。
error-card_service_off = 智能卡服务 pcscd 没有运行，而设置中有非接触读卡器。
    .remedy = 请运行 `apt-get install { $packages }`，然后运行 `systemctl enable --now pcscd.socket`。
error-device_elsewhere = 设备 { $device } 应在 { $path }，但该路径不存在。
    .remedy = 请插好设备或更正设置；本机同类设备：{ $paths }。
error-device_forbidden = 用户 { $user } 无权使用 { $path }（用户组 { $group }）。
    .remedy = 请运行 `{ $command }`，然后重新登录或重新启动服务。
error-device_held = { $holders } 正占用 { $path }。
    .remedy = 请在检查期间将其停止；Muster 终端程序用 `systemctl stop muster-kiosk` 停止。
error-device_not_here = 设备 { $device } 应在 { $path }，但该路径不存在。
    .remedy = 请插好后再检查：本机没有同类设备。
error-device_of_root = 用户 { $user } 无权使用 { $path }（用户组 { $group }）。
    .remedy = 请安装 systemd/70-muster.rules，它会为设备指定用户组，然后重新插入设备。
error-device_renamed = 设备 { $device } 应在 { $path }，但该路径不存在。
    .remedy = 请插好设备或更正设置；本机名称相近的设备：{ $paths }。
error-gpio_missing = 本机没有 GPIO，而设置中有 GPIO 线（{ $lines }）。
    .remedy = 请在此处的设置中去掉 [feedback]：屏幕也会显示全部信息。
error-import_name_shared = { $owner } 的导入名“{ $name }”也被其他软件包使用：{ $others }。
    .remedy = 请运行 `{ $remove }` 并重新安装 { $owner }，或为 Muster 使用单独的虚拟环境。
error-modem_manager_running = ModemManager 正在运行：它会向每个新串口写入数据以查找调制解调器。
    .remedy = 请运行 `apt-get purge modemmanager`，或像 systemd/70-muster.rules 那样为每个串口设置 udev 标记 ID_MM_DEVICE_IGNORE=1。
error-modules_loaded = 已加载内核模块 { $modules }：它们会从 pcscd 抢占非接触读卡器。
    .remedy = 请运行 `{ $keep_away }` 和 `{ $remove }`，然后重新插入读卡器。
error-no_device_found = 本机没有串口和摄像头。
    .remedy = 请插入一个并查看 `muster doctor`，或用 --config 指定设置文件。
error-no_device_named = { $path } 中没有设备。
    .remedy = 请插入一个并查看 `muster doctor`，或用 --config 指定其他设置文件。

## 技术人员的命令：doctor 和 scan

doctor-machine = 本机设备
doctor-serial_ports = 串口：
doctor-cameras = 摄像头：
doctor-keyboards = 键盘：
doctor-card_readers = 读卡器：
doctor-gpio = GPIO：
doctor-none = 无
doctor-not_known = 未知：{ $why }
doctor-no_settings = 没有指定设置，且 { $path } 不存在：未测试任何设备。
doctor-trial = { $path } 中的设备，已试用数秒
doctor-no_device = 设置中没有设备。
doctor-ready = { $device }（{ $kind }）：正常
doctor-fault = { $device }（{ $kind }）：故障。{ $why }
doctor-repair = 需要修复
doctor-nothing = 没有发现其他需要修复的问题。
doctor-root = root 可以使用所有设备。如需以服务身份测试：
scan-present = 请向 { $devices } 出示证件或卡。按 Ctrl-C 结束。
scan-no_roster = 不核验证件：尚无名单。
scan-not_verified = 不核验证件。
scan-code = 码，{ $length } 个字符：{ $what }
scan-id_number = 身份证，{ $length } 个字符：{ $what }
scan-card_uid = 卡，{ $length } 个字符：{ $what }
scan-signed_tap = 带签名的卡，{ $length } 个字符：只有终端程序有核验密钥
scan-tag = 标签卡，{ $length } 个字符：{ $what }
scan-keypad = 键盘，{ $length } 位数字
scan-sms = 短信，{ $length } 个字符；仍保留在调制解调器中
scan-badge = 志愿者 { $volunteer } 的 Muster 证件，{ $notes }
scan-badge_not_verified = Muster 证件 { $text }，未核验
scan-badge_not_valid = 不是有效的 Muster 证件（{ $why }）
scan-printed = 印制
scan-on_phone = 手机
scan-signed = 签名有效
scan-expired = 已过期
scan-revoked = 已作废
scan-demo = 演示用
scan-no_check_digit = 无校验码的号码
scan-check_digit_valid = 校验码正确
scan-check_digit_wrong = 校验码错误

## 命令行

command-error = 错误：

## 中心：设置、文件、打印、消息

error-badge_code_too_long = 证件的文本有 { $length } 个字符。
    .remedy = 最多 { $most } 个，否则摄像头在一臂之外无法读取。
error-badge_code_unreadable = 证件的二维码无法从图片中重新读出。
    .remedy = 请勿打印；请报告给开发人员。
error-nothing_entered = { $why }
    .remedy = 请更正；没有录入任何内容。

## 中心网页：标题与状态

page-board = 站点看板
page-site = 站点
page-language = 语言
page-day_before = 前一天
page-day_after = 后一天
page-today = 今天
page-times_in = 时区
page-present = 当前在岗
page-nobody = 目前无人在岗。
page-since = 签到时间
page-lines = 当日时长
page-no_lines = 当日尚无时长。签到数据到达后数秒内会显示在此处。
page-pending = 由规则计算得出；审核通过后生效。
page-volunteer = 志愿者
page-activity = 活动
page-in = 签到
page-out = 签退
page-presence = 在岗时长
page-hours = 时长（小时）
page-flags = 备注
page-rules = 计算依据
page-total = 合计
page-open = 仍在岗
page-unknown = 未知
page-waiting = 正在计算新记录的志愿者人数：
page-uncounted = 未计入的扫码
page-time = 时间
page-reason = 原因
page-terminals = 终端与数据完整性
page-no_terminals = 本站点尚未登记终端。
page-terminal = 终端
page-state = 状态
page-complete = 完整
page-missing = 有缺失
page-silent = 从未连接
page-held = 已收到
page-missing_count = 缺失
page-heard = 最近连接
page-clock = 时钟
page-needs_review = 待查看
page-refused = 被拒消息
page-forks = 冲突记录
page-never = 从未
page-evidence = 证据
page-evidence_why = 终端写入的原始记录，永不更改。
page-manual_record = 手工记录
page-manual_record_why = 由人工录入的时间，须经另一人确认后才计入。
page-entered_by = 录入人
page-unconfirmed = 等待另一人确认
page-confirmed_by = 确认人：
page-declined_by = 拒绝人：
page-certificate = 志愿服务记录证明
page-certificate_why = 输入证明编号，可查看其内容及是否有效。
page-certificate_number = 编号
page-check = 查验
page-recording_unit = 记录单位
page-issued_on = 开具日期
page-content = 服务内容
page-notices = 公示
page-no_notices = 尚未发布公示。
page-published = 发布日期
page-date = 日期
page-epoch = 纪元
page-number = 序号
page-hash = 哈希值
page-received = 接收时间
page-terminal_clock = 终端时钟
page-stored = 已保存
page-back = 返回看板
page-reload_off = 停止自动刷新
page-reload_on = 自动刷新
page-not_here = 未找到
page-out_of_order = 出现故障
error-no_page = 没有此地址的网页。
    .remedy = 请返回看板。
error-no_site_here = 此处没有站点“{ $site }”。
    .remedy = 请在看板上选择。
error-no_site_yet = 尚未录入站点。
    .remedy = 请先录入站点、活动和志愿者。
error-no_event_here = 中心没有终端 { $terminal } 该纪元的第 { $number } 条记录。
    .remedy = 可能尚未送达；请返回看板。
error-no_record_here = 中心没有第 { $number } 号手工记录。
    .remedy = 请返回看板。
error-no_notice_here = 此处未发布第 { $number } 号公示。
    .remedy = 请查看公示列表。
error-no_date = “{ $text }”不是日期。
    .remedy = 请按 2026-03-07 的格式填写。
error-no_board_of_year = 没有 { $year } 年的看板。
    .remedy = 请在看板上选择其他日期。
error-page_failed = 中心暂时无法显示此页面。记录不会丢失：终端会保留数据，直到中心保存为止。
    .remedy = 请查看 `muster web` 的日志。
