"""The pages' own headings and states, in every language of the catalogs; numbers stand behind a colon."""

from collections.abc import Mapping
from typing import Final

from foundation.words import LANGUAGES, Words

_LABELS: Final[Mapping[str, tuple[str, str, str]]] = {
    "board": ("Site board", "站点看板", "لوحة الموقع"),
    "demo": ("DEMONSTRATION · nothing here counts", "演示 · 此处数据无效", "عرض تجريبي · لا شيء هنا يُحتسب"),
    "site": ("Site", "站点", "الموقع"),
    "language": ("Language", "语言", "اللغة"),
    "day_before": ("Day before", "前一天", "اليوم السابق"),
    "day_after": ("Day after", "后一天", "اليوم التالي"),
    "today": ("Today", "今天", "اليوم"),
    "times_in": ("Times in", "时区", "التوقيت"),
    "present": ("On site now", "当前在岗", "الموجودون الآن"),
    "nobody": ("Nobody is checked in.", "目前无人在岗。", "لا أحد مسجَّل حاليًا."),
    "since": ("Since", "签到时间", "منذ"),
    "lines": ("Hours of the day", "当日时长", "ساعات اليوم"),
    "no_lines": (
        "No hours yet on this day. They appear here within seconds of a check-in arriving.",
        "当日尚无时长。签到数据到达后数秒内会显示在此处。",
        "لا ساعات بعد لهذا اليوم. تظهر هنا بعد ثوانٍ من وصول تسجيل الحضور.",
    ),
    "pending": (
        "Computed by the rules; they count once they have been reviewed.",
        "由规则计算得出；审核通过后生效。",
        "محسوبة وفق القواعد؛ وتُعتمد بعد مراجعتها.",
    ),
    "volunteer": ("Volunteer", "志愿者", "المتطوع"),
    "activity": ("Activity", "活动", "النشاط"),
    "in": ("In", "签到", "الدخول"),
    "out": ("Out", "签退", "الخروج"),
    "presence": ("Presence", "在岗时长", "مدة الحضور"),
    "hours": ("Hours", "时长（小时）", "الساعات"),
    "flags": ("Remarks", "备注", "ملاحظات"),
    "rules": ("Why", "计算依据", "السبب"),
    "total": ("Total", "合计", "المجموع"),
    "open": ("still here", "仍在岗", "ما زال هنا"),
    "unknown": ("not known", "未知", "غير معروف"),
    "waiting": (
        "Volunteers whose new records are being computed:",
        "正在计算新记录的志愿者人数：",
        "متطوعون تُحسب سجلاتهم الجديدة الآن:",
    ),
    "uncounted": ("Scans that did not count", "未计入的扫码", "عمليات مسح لم تُحتسب"),
    "time": ("Time", "时间", "الوقت"),
    "reason": ("Reason", "原因", "السبب"),
    "terminals": ("Terminals and completeness", "终端与数据完整性", "الأجهزة واكتمال البيانات"),
    "no_terminals": (
        "No terminal is enrolled at this site.",
        "本站点尚未登记终端。",
        "لا جهاز مسجَّل في هذا الموقع.",
    ),
    "terminal": ("Terminal", "终端", "الجهاز"),
    "state": ("State", "状态", "الحالة"),
    "complete": ("complete", "完整", "مكتمل"),
    "missing": ("events missing", "有缺失", "أحداث ناقصة"),
    "silent": ("never heard of", "从未连接", "لم يتصل قط"),
    "held": ("Events here", "已收到", "الأحداث المستلَمة"),
    "missing_count": ("Missing", "缺失", "الناقص"),
    "heard": ("Last heard", "最近连接", "آخر اتصال"),
    "clock": ("Clock", "时钟", "الساعة"),
    "needs_review": ("To be looked at", "待查看", "بحاجة إلى نظر"),
    "refused": ("Refused messages", "被拒消息", "رسائل مرفوضة"),
    "forks": ("Contradictions", "冲突记录", "تناقضات"),
    "never": ("never", "从未", "أبدًا"),
    "evidence": ("Evidence", "证据", "الدليل"),
    "evidence_why": (
        "The event as the terminal wrote it. It is never changed.",
        "终端写入的原始记录，永不更改。",
        "الحدث كما كتبه الجهاز، ولا يُغيَّر أبدًا.",
    ),
    "manual_record": ("Manual record", "手工记录", "قيد يدوي"),
    "manual_record_why": (
        "A time that a person entered. It counts once a second person has confirmed it.",
        "由人工录入的时间，须经另一人确认后才计入。",
        "وقت أدخله شخص، ولا يُحتسب إلا بعد أن يؤكده شخص ثانٍ.",
    ),
    "entered_by": ("Entered by", "录入人", "أدخله"),
    "unconfirmed": ("waits for a second person", "等待另一人确认", "بانتظار شخص ثانٍ"),
    "confirmed_by": ("confirmed by", "确认人：", "أكده"),
    "declined_by": ("declined by", "拒绝人：", "رفضه"),
    "certificate": ("Certificate of service", "志愿服务记录证明", "شهادة خدمة تطوعية"),
    "certificate_why": (
        "Type the number of a certificate to see what it states and whether it still holds.",
        "输入证明编号，可查看其内容及是否有效。",
        "اكتب رقم الشهادة لمعرفة مضمونها وهل ما زالت صالحة.",
    ),
    "certificate_number": ("Number", "编号", "الرقم"),
    "check": ("Check", "查验", "تحقّق"),
    "recording_unit": ("Recorded by", "记录单位", "الجهة المسجِّلة"),
    "issued_on": ("Issued on", "开具日期", "تاريخ الإصدار"),
    "content": ("Content", "服务内容", "المضمون"),
    "notices": ("Public notices", "公示", "الإعلانات العامة"),
    "no_notices": (
        "No notice has been published yet.",
        "尚未发布公示。",
        "لم يُنشر أي إعلان بعد.",
    ),
    "published": ("Published", "发布日期", "نُشر في"),
    "date": ("Date", "日期", "التاريخ"),
    "epoch": ("Epoch", "纪元", "الحقبة"),
    "number": ("Number", "序号", "الرقم"),
    "hash": ("Hash", "哈希值", "البصمة"),
    "received": ("Received", "接收时间", "وقت الاستلام"),
    "terminal_clock": ("Terminal's clock", "终端时钟", "ساعة الجهاز"),
    "stored": ("stored", "已保存", "محفوظ"),
    "back": ("Back to the board", "返回看板", "العودة إلى اللوحة"),
    "no_site": (
        "No site has been entered yet. Enter sites, activities and volunteers first.",
        "尚未录入站点。请先录入站点、活动和志愿者。",
        "لم يُدخَل أي موقع بعد. أدخِل المواقع والأنشطة والمتطوعين أولًا.",
    ),
    "reload_off": ("Stop reloading", "停止自动刷新", "إيقاف التحديث التلقائي"),
    "reload_on": ("Reload by itself", "自动刷新", "تحديث تلقائي"),
}


def labels(words: Words) -> dict[str, str]:
    """Every label in the language of `words`."""
    place = LANGUAGES.index(words.language)
    return {name: texts[place] for name, texts in _LABELS.items()}
