# ما يقوله Muster للناس بالعربية. صيغة الملف: https://projectfluent.org/fluent/guide/
# الرسائل والمتغيرات واحدة في اللغات الثلاث، ويتحقق من ذلك tests/foundation/test_words.py

language-name = العربية

## المدد الزمنية

duration-hours = { $count } س
duration-minutes = { $count } د
duration-seconds = { $count } ث
# The mark before the minus keeps it at the number's left.
duration-negative = {"\u200E"}−{ $duration }

## شاشة المتطوعين

demo-banner = عرض تجريبي · لا يُحتسب هنا شيء
idle-how = اعرض الرمز، أو قرّب البطاقة، أو اكتب الرمز الذي وصلك في رسالة نصية.
idle-no_roster = اعرض بطاقة المتطوع. لا توجد قائمة على هذا الجهاز بعد: تُسجَّل بطاقات المتطوعين، والقرار للمركز.
idle-sms = أو أرسل { $code } في رسالة نصية إلى { $number }.
idle-fault = خارج الخدمة: { $devices }. يُرجى استخدام طريقة أخرى.
typing-label = الرمز
typing-how = اضغط Enter بعد اكتمال الرمز، وEsc لمسحه.
checking-how = لحظة من فضلك…
clock-doubtful = الوقت غير مؤكد

here-count = { $count ->
    [0] لا أحد في الموقع
    [one] شخص واحد في الموقع
    [two] شخصان في الموقع
    [few] { $count } أشخاص في الموقع
    [many] { $count } شخصًا في الموقع
   *[other] { $count } شخص في الموقع
}
link-all-sent = أُرسلت كل السجلات
link-sending = { $count ->
    [one] جارٍ إرسال سجل واحد
    [two] جارٍ إرسال سجلين
    [few] جارٍ إرسال { $count } سجلات
    [many] جارٍ إرسال { $count } سجلًا
   *[other] جارٍ إرسال { $count } سجل
}
link-offline-empty = لا يوجد اتصال
link-offline = { $count ->
    [one] لا يوجد اتصال، سجل واحد محفوظ بأمان
    [two] لا يوجد اتصال، سجلان محفوظان بأمان
    [few] لا يوجد اتصال، { $count } سجلات محفوظة بأمان
    [many] لا يوجد اتصال، { $count } سجلًا محفوظًا بأمان
   *[other] لا يوجد اتصال، { $count } سجل محفوظ بأمان
}

out_of_order-word = خارج الخدمة
out_of_order-text = لا يمكن لهذا الجهاز تسجيل أي شيء الآن.
out_of_order-call = يُرجى إبلاغ المشرفين، وسيدوّنون وقتك.
out_of_order-contact = يُرجى الاتصال على { $contact } أو إبلاغ المشرفين، وسيدوّنون وقتك.

## نتيجة القراءة: الجملة، والكلمة الكبيرة، والكلمة القصيرة للمشرفين

result-accepted_in = سُجّل حضورك الساعة { $time }.
    .word = أهلا وسهلا
    .short = حضور
result-accepted_out = سُجّل انصرافك الساعة { $time }.
    .presence = كنت هنا من { $since } إلى { $time }: { $presence }.
    .review = تُحتسب ساعاتك بعد مراجعتها.
    .word = مع السلامة
    .short = انصراف
result-already_in = حضورك مسجّل من قبل، ولا حاجة إلى شيء آخر.
    .since = حضورك مسجّل منذ الساعة { $since }، ولا حاجة إلى شيء آخر.
    .word = الحضور مسجل
    .short = حضور مسجّل من قبل
result-already_out = انصرافك مسجّل من قبل، ولا حاجة إلى شيء آخر.
    .since = انصرافك مسجّل منذ الساعة { $since }، ولا حاجة إلى شيء آخر.
    .word = الانصراف مسجل
    .short = انصراف مسجّل من قبل
result-code_sent = أرسلنا إليك رمزًا في رسالة نصية. يُرجى كتابته هنا خلال عشر دقائق.
    .word = أُرسل الرمز
    .short = أُرسل رمز
result-refused = لم يُسجّل حضور ولا انصراف.
    .word = غير مقبول
    .short = مرفوض
result-unreadable = تعذّرت القراءة.
    .word = تعذرت القراءة
    .short = تعذّرت القراءة
result-not_recorded = لم يُسجّل شيء.
    .word = لم يسجل
    .short = لم يُسجّل

## السبب، وما يمكن فعله الآن، والعبارة القصيرة للمشرفين؛ ينتهي المعرّف برمز السجل

reason-unknown_credential = هذا الرمز أو هذه البطاقة غير معروفة هنا.
    .remedy = يُرجى مراجعة المشرفين، فيمكنهم البحث عنك بالاسم.
    .short = رمز أو بطاقة غير معروفة
reason-forged_badge = لم تصدر هذه البطاقة عن الجهة المنظِّمة.
    .remedy = يُرجى إبراز بطاقتك الأصلية أو مراجعة المشرفين.
    .short = بطاقة غير أصلية
reason-random_uid = لا يمكن هنا قراءة الهواتف ولا البطاقات التي يتغير رقمها في كل مرة.
    .remedy = يُرجى عرض الرمز على شاشة الهاتف، أو استخدام بطاقة المتطوع أو بطاقة أخرى.
    .short = هاتف أو بطاقة بلا رقم ثابت
reason-forged_tag = لم تصدر هذه الشريحة عن الجهة المنظِّمة.
    .remedy = يُرجى استخدام بطاقتك الأصلية أو مراجعة المشرفين.
    .short = شريحة غير أصلية
reason-replayed_tap = سبق استخدام توقيع هذه البطاقة هنا.
    .remedy = يُرجى إبعاد البطاقة ثم تقريبها من القارئ مرة أخرى. إذا تكرر ذلك فيُرجى مراجعة المشرفين.
    .short = توقيع بطاقة مستعمل
reason-expired_badge = انتهت صلاحية هذه البطاقة.
    .remedy = يُرجى طلب بطاقة جديدة من المشرفين، ويمكنهم تسجيل حضورك اليوم.
    .short = بطاقة منتهية
reason-expired_credential = انتهت مدة تسجيل هذه البطاقة أو هذا الهاتف.
    .remedy = يُرجى استخدام بطاقة المتطوع أو بطاقة أخرى، أو مراجعة المشرفين، فيمكنهم البحث عنك بالاسم.
    .short = بطاقة أو هاتف منتهي المدة
reason-expired_phone = انتهت صلاحية هذا الرمز على هاتفك، فكل رمز يصلح مدة قصيرة فقط.
    .remedy = يُرجى تحديث الصفحة وعرض الرمز الجديد، أو استخدام بطاقة المتطوع.
    .short = رمز هاتف منتهي الصلاحية
reason-revoked_credential = استُبدل تسجيل هذه البطاقة أو هذا الهاتف أو أُلغي.
    .remedy = يُرجى استخدام أحدث بطاقة أو هاتف لديك أو مراجعة المشرفين.
    .short = ملغى
reason-suspended_credential = بطاقتك موقوفة مؤقتًا.
    .remedy = يُرجى مراجعة المنسّق المسؤول عنك أو المشرفين.
    .short = موقوفة مؤقتًا
reason-not_on_roster = اسمك غير مدرج في قائمة هذا النشاط.
    .remedy = يُرجى إبلاغ المشرفين. يمكن للمركز إضافتك إلى القائمة أو قيد وقتك لاحقًا.
    .short = غير مدرج في القائمة
reason-wrong_site = موقعك هو موقع آخر.
    .remedy = يُرجى التوجّه إلى { $site } أو مراجعة المشرفين.
    .short = مكلّف في موقع آخر
reason-activity_not_executing = هذا النشاط غير قائم الآن.
    .remedy = يُرجى مراجعة المواعيد في جدولك. إن كنت هنا أثناء النشاط فأبلغ المشرفين بالوقت، فيمكنهم قيده.
    .short = النشاط غير قائم
reason-not_yet_open = لم يحن وقت تسجيل الحضور بعد.
    .remedy = يُرجى العودة عند بدء التسجيل.
    .opens = يُرجى العودة عند بدء التسجيل: { $opens }.
    .short = قبل موعد التسجيل
reason-wrong_code = الرمز غير صحيح.
    .remedy = يُرجى مطابقة الأرقام مع الرسالة النصية وكتابتها من جديد.
    .tries = { $count ->
        [0] كانت هذه آخر محاولة في الوقت الحالي.
        [one] بقيت محاولة واحدة.
        [two] بقيت محاولتان.
        [few] بقيت { $count } محاولات.
        [many] بقيت { $count } محاولة.
       *[other] بقيت { $count } محاولة.
    }
    .short = رمز غير صحيح
reason-code_expired = انتهت صلاحية هذا الرمز.
    .remedy = يُرجى طلب رمز جديد وكتابته فور وصوله.
    .short = رمز منتهي الصلاحية
reason-code_used = سبق استخدام هذا الرمز.
    .remedy = يُرجى طلب رمز جديد، فكل رمز يُستخدم مرة واحدة.
    .short = رمز مستخدم من قبل
reason-malformed_badge = هذه البطاقة غير صالحة.
    .remedy = يُرجى طلب بطاقة جديدة من المشرفين.
    .short = بطاقة غير صالحة
reason-too_many_tries = تكرر إدخال رمز خاطئ أكثر من المسموح.
    .remedy = يُرجى الانتظار قليلًا، أو استخدام بطاقتك، أو مراجعة المشرفين.
    .short = محاولات كثيرة
reason-not_six_digits = يتكون الرمز من ستة أرقام.
    .remedy = يُرجى كتابة الأرقام الستة الواردة في الرسالة النصية.
    .short = ليس ستة أرقام
reason-too_many_codes = أُرسلت عدة رموز إلى هذا الهاتف من قبل.
    .remedy = يُرجى استخدام أحدثها، أو الانتظار قبل طلب رمز آخر.
    .short = رموز كثيرة
reason-debounce = قُرئ رمزك أو بطاقتك قبل لحظات، ومرة واحدة تكفي.
    .remedy = يُرجى الانتظار دقيقة إن أردت التسجيل مرة أخرى.
    .short = قراءة مكررة
reason-unreadable = تعذّرت قراءة الرمز أو البطاقة.
    .remedy = يُرجى تثبيتها مستوية أمام القارئ والمحاولة مرة أخرى.
    .short = تعذّرت القراءة
reason-not_recorded = امتلأت ذاكرة هذا الجهاز.
    .remedy = يُرجى إبلاغ المشرفين، وسيدوّنون وقتك.
    .short = الذاكرة ممتلئة
reason-other_realm = هذه البطاقة مخصصة للعرض التجريبي فقط.
    .remedy = يُرجى إبراز بطاقتك الحقيقية.
    .short = بطاقة تجريبية
reason-other_realm-at_demo = هذا الجهاز للعرض التجريبي فقط، وبطاقتك حقيقية.
    .remedy = يُرجى استخدام جهاز لا تظهر على شاشته عبارة «عرض تجريبي».
    .short = بطاقة حقيقية على جهاز تجريبي
reason-no_answer = لم يُجب الجهاز في الوقت المناسب.
    .remedy = يُرجى المحاولة مرة أخرى أو إبلاغ المشرفين.
    .short = لا جواب
reason-out_of_order = أوقف المشرفون هذا الجهاز عن العمل.
    .remedy = يُرجى استخدام جهاز آخر أو مراجعة المشرفين.
    .short = خارج الخدمة
reason-no_roster = لا توجد قائمة على هذا الجهاز بعد، لذلك لا يعرف هذه البطاقة أو هذا الرمز.
    .remedy = يُرجى عرض بطاقة المتطوع أو مراجعة المشرفين.
    .short = لا قائمة بعد
reason-centre_decides = تم التسجيل، والمركز يقرر لأي نشاط يُحتسب.
    .remedy = لا يلزمك فعل شيء آخر.
    .short = القرار للمركز
reason-terminal_revoked = أُلغي اعتماد هذا الجهاز، ولم يعد يسجل شيئًا.
    .remedy = يُرجى استخدام جهاز آخر أو إبلاغ المشرفين.
    .short = الجهاز ملغى
reason-unknown = السبب الذي أعطاه الجهاز: «{ $code }».
    .remedy = يُرجى مراجعة المشرفين.
    .short = { $code }

sms-code = رمز تسجيل حضورك هو { $code }. يصلح مرة واحدة خلال عشر دقائق، فلا تعطه لأحد.
code-wait = يمكن كتابة الرموز من جديد بعد { $duration }.

## «متى غادرت؟» بعد نسيان تسجيل الانصراف، وإلغاء تسجيل حدث خطأً

question-came = سجّلت حضورك في { $came } ({ $activity }) ولم تسجّل انصرافك.
question-when = متى غادرت؟
question-unknown = لا أعرف
question-how = اضغط الرقم ثم Enter. سينظر أحد المشرفين في إجابتك.
take_back-how = خطأ؟ المفتاح ⌫ يلغيه.
take_back-word = إلغاء؟
take_back-accepted_in = هل تريد إلغاء تسجيل حضورك؟
take_back-accepted_out = هل تريد إلغاء تسجيل انصرافك؟ ستبقى حينها مسجَّل الحضور.
take_back-yes = Enter   نعم، كان ذلك خطأً
take_back-no = Esc   لا، اتركه كما هو
notice-done = تم
notice-denied = لم يتم

## نتيجة طلب على الجهاز؛ { $name } هو المعنيّ و{ $wait } مدة

done-answered = شكرًا لك. سينظر أحد المشرفين في إجابتك ثم تُحتسب.
done-declined = لا بأس. سينظر المشرفون في الأمر.
done-cancelled = أُلغي ولا يُحتسب: { $name }
done-logged_in = تم تسجيل دخولك: { $name }
done-logged_out = تم تسجيل خروجك.
done-entered_in = قُيّد حضور { $name }.
done-entered_out = قُيّد انصراف { $name }.
done-set = يعمل هذا الجهاز على هذا النحو حتى إشعار آخر.
done-out_of_order = هذا الجهاز خارج الخدمة حتى تعيده إليها.
done-in_order = عاد هذا الجهاز إلى العمل.
done-restarted = أُغلق جهاز القراءة ويجري فتحه من جديد.
done-unknown = تم: { $code }
denied-busy = كان الجهاز مشغولًا ولم يُنفَّذ شيء. يُرجى المحاولة مجددًا.
denied-not_logged_in = هذا للمشرفين فقط. يُرجى تسجيل الدخول أولًا.
denied-no_staff = لا يعرف هذا الجهاز أي مشرف بعد. اطلب من المركز قائمة جديدة.
denied-wrong_pin = هذا المعرّف لا يوافق رمز PIN هذا.
denied-pin_paused = أُدخل رمز PIN خاطئ مرات كثيرة. يُرجى الانتظار { $wait } ثم المحاولة مجددًا.
denied-no_such_question = سبقت الإجابة عن هذا السؤال.
denied-out_of_bounds = لا يمكن أن يكون أحد قد غادر حينها بحسب ما يعرفه هذا الجهاز. يُرجى اختيار وقت آخر.
denied-cancel_again = سبق إلغاء هذا.
denied-cancel_unknown = لم يقبل هذا الجهاز شيئًا كهذا مؤخرًا. ابحث عنه في الجهاز الذي حدث فيه.
denied-cancel_newest_first = لهذا الشخص تسجيل أحدث. يُرجى إلغاؤه أولًا.
denied-cancel_too_late = مضى أكثر من خمس دقائق. يُرجى قيد الوقت الصحيح يدويًا.
denied-own_time = لا يقيّد أحد وقته أو يلغيه بنفسه بصفته مشرفًا. يُرجى الاستعانة بشخصين آخرين.
denied-same_person = يجب أن يؤكد شخص ثانٍ. يُرجى الاستعانة بشخص آخر.
denied-no_reason = يُرجى كتابة السبب.
denied-no_such_volunteer = هذا المتطوع ليس في قائمة هذا الجهاز. يمكن للمركز إضافته إليها أو قيد الوقت.
denied-suspended = هذا الشخص موقوف مؤقتًا. يُرجى توجيهه إلى منسّقه، ولا يمكن قيد الوقت إلا في المركز.
denied-future_time = هذا الوقت لم يأتِ بعد. يُرجى تصحيحه.
denied-too_long_ago = مضى على هذا وقت أطول مما يقبله الجهاز. يُرجى قيده في المركز.
denied-already_in = هذا الشخص مسجَّل الحضور بالفعل.
denied-before_check_in = هذا قبل تسجيل حضور الشخص. يُرجى تصحيح الوقت.
denied-activity_not_executing = لم يكن أي نشاط جاريًا حينها. يُرجى تصحيح الوقت.
denied-no_such_activity = هذا النشاط ليس في قائمة هذا الجهاز.
denied-no_such_time = هذا ليس وقتًا صحيحًا. يُرجى كتابته هكذا 09:30.
denied-no_such_device = لا يوجد جهاز قراءة بهذا الاسم.
denied-not_recorded = تعذّر على الجهاز حفظه. يُرجى كتابته على الورق.
denied-no_answer = لم يُجب الجهاز. يُرجى التحقق مما إذا كان قد نُفِّذ ثم المحاولة مجددًا.
denied-unknown = لم يتم: { $code }

## نماذج المشرفين

staff-log_in = تسجيل الدخول
staff-find = البحث عن متطوع
staff-direction = ماذا حدث؟
staff-in = حضر
staff-out = غادر
staff-write_down = قيد يدوي
staff-take_back = إلغاء ما كان خطأً
staff-terminal = معنى القراءة هنا حتى إشعار آخر
staff-restart_device = إغلاق جهاز القراءة وفتحه من جديد
staff-other_time = وقت آخر
direction-set = كما في الإعدادات
direction-unknown = { $code }
direction-toggle = حضور وانصراف بالتناوب
direction-in = الجميع يحضرون
direction-out = الجميع يغادرون
field-staff = معرّفك
field-pin = رمز PIN
field-text = جزء من الاسم أو الرقم
field-time = متى، مثل 09:30؛ اتركه فارغًا للوقت الحالي
field-reason = السبب
field-second = معرّف الشخص الثاني
field-second_pin = رمز PIN للشخص الثاني
field-activity = معرّف النشاط؛ اتركه فارغًا للنشاط الجاري
form-how = المفتاح Enter للمتابعة، وEsc للخروج دون تنفيذ شيء.
choice-how = مفاتيح الأسهم للاختيار، وEnter للتأكيد، وEsc للخروج.
choice-nothing = لا شيء للاختيار. المفتاح Esc للخروج.

## شاشة المشرفين

label-terminal = جهاز التسجيل
label-here = الحاضرون ({ $count })
label-elsewhere = عند الأجهزة الأخرى { $count }
label-expected = المتوقع { $count }
label-readings = آخر القراءات
label-devices = الأجهزة
label-name = الاسم
label-since = منذ
label-time = الوقت
label-method = بواسطة
label-result = النتيجة
label-reason = السبب
label-device = الجهاز
label-state = الحالة
label-read = قُرئ
label-unread = لم يُقرأ
label-last = آخر قراءة
label-link = الاتصال
label-unsent = لم تُرسل بعد
label-oldest = أقدمها
label-acknowledged = آخر تأكيد
label-clock = ضبط الوقت
label-disk = المساحة المتبقية
label-roster = القائمة
label-log = السجل
label-temperature = الحرارة
temperature = { $degrees } °م
temperature-slowed = { $degrees } °م، الجهاز مُبطَأ
label-power = الطاقة
power-weak = غير كافية: استخدموا مصدر طاقة أقوى
roster-version = الإصدار { $version }
log-head = الحدث { $number }
nobody-here = لا أحد مسجّل الحضور.
no-readings = لم يُقرأ شيء بعد.
no-devices = لم تُعدّ أي أجهزة.
never = لم يحدث

device-closed = مغلق
device-opening = قيد الفتح
device-ready = جاهز
device-fault = عطل
device-unknown = { $code }

link-connected = متصل
link-disconnected = غير متصل

clock-synced = متزامن
clock-holdover = مستمر منذ آخر مزامنة
clock-rtc = من شريحة الوقت، غير مؤكد
clock-unset = غير مضبوط
clock-unknown = { $code }

method-badge = بطاقة متطوع
method-phone = رمز الجوال
method-other_code = رمز آخر
method-id_card = بطاقة هوية
method-card = بطاقة لاسلكية
method-tag = شريحة
method-sms_code = رمز مكتوب
method-sms_in = رسالة نصية
method-manual = يدويًا
method-code = رمز
method-id_number = بطاقة هوية
method-card_uid = بطاقة لاسلكية
method-signed_tap = بطاقة لاسلكية
method-keypad = رمز مكتوب
method-sms = رسالة نصية
method-unknown = { $code }

engine-waiting = جارٍ الاتصال ببرنامج الجهاز…
engine-lost = لا يجيب برنامج الجهاز منذ { $time }. ما يظهر هنا يعود إلى ذلك الوقت، والمحاولة مستمرة.
engine-back = عاد برنامج الجهاز إلى العمل.

key-quit = خروج
key-language = اللغة
key-staff = المشرفون
key-log_out = خروج
key-write_down = قيد
key-take_back = إلغاء
key-answer = إجابات
key-terminal = الجهاز
key-restart_device = القارئ
key-out_of_order = إيقاف
key-help = مساعدة
help-title = مساعدة
help-close = اضغط Esc للإغلاق.
help-keys = q للخروج، l لتغيير اللغة، ? لهذه المساعدة، s لدخول المشرفين. ينقلك Tab إلى القائمة التالية، وتحرّكها الأسهم.
help-readings = ✔ مقبول   = لا جديد   → أُرسل رمز   ✖ مرفوض   ? تعذّرت القراءة   ! لم يُسجّل
help-devices = ● جاهز   ◌ قيد الفتح   ○ مغلق   ✖ عطل، والحل في السطر التالي
help-link = كل ما يظهر مقبولًا محفوظ هنا أولًا. «لم تُرسل بعد» هي السجلات التي لم يؤكدها المركز، وتُرسل تلقائيًا عند عودة الاتصال.

## صفحات التسوية

head-volunteer = المتطوع
head-in = الحضور
head-out = الانصراف
head-presence = مدة الوجود
head-hours = الساعات
head-rules = القواعد
head-activity = النشاط
head-date = التاريخ
head-flags = الملاحظات
head-state = الحالة
head-change = التغيير

## ما آل إليه الحدث في التسوية

outcome-used = احتُسب.
outcome-redelivered = وصل الحدث نفسه مرة أخرى، ويُحتسب مرة واحدة.
outcome-duplicate_scan = قراءة مكررة خلال دقيقة، وتُحتسب الأولى.
outcome-cancelled = أُلغي على الجهاز خلال خمس دقائق، ولا يُحتسب.
outcome-held-CORRECTION_WITHOUT_EFFECT = معلّق: وصل هذا التصحيح متأخرًا، أو لا أثر هنا لما يصححه.
outcome-held-EVENT_ID_CONFLICT = معلّق: سبق حفظ حدث آخر بالرقم نفسه، وبقي الاثنان محفوظين.
outcome-held-UNKNOWN_CREDENTIAL = معلّق: لا يُعرف صاحب هذا الرمز أو هذه البطاقة.
outcome-held-UNKNOWN_ACTIVITY = معلّق: هذا النشاط غير معروف.
outcome-held-FUTURE_TIME = معلّق: وقته لاحق لوقت وصوله.
outcome-held-MANUAL_NO_REASON = معلّق: إدخال يدوي بلا سبب.
outcome-held-MANUAL_SELF = معلّق: أدخل شخص وقته بنفسه أو أكّده.
outcome-held-MANUAL_UNCONFIRMED = معلّق: لم يؤكده شخص ثانٍ.
outcome-held-CREDENTIAL_REVOKED = معلّق: كانت البطاقة ملغاة في ذلك الوقت.
outcome-held-PHASE_CLOSED = معلّق: لم يكن النشاط قائمًا في ذلك الوقت.
outcome-unknown = { $code }

## ملاحظات الفترة: الجملة والعبارة القصيرة

flag-CLOCK_CORRECTED = كان وقت الجهاز منحرفًا بمقدار معلوم، وصُحّح.
    .short = صُحّح الوقت
flag-CLOCK_LARGE = كان وقت الجهاز منحرفًا أكثر من خمس دقائق، يُرجى التحقق من الوقت المصحّح.
    .short = انحراف كبير في الوقت
flag-CLOCK_UNKNOWN = تعذّر التحقق من وقت الجهاز، فالوقت غير مثبت.
    .short = وقت غير مثبت
flag-NOT_ASSIGNED = لم يكن هذا الشخص مدرجًا في قائمة النشاط.
    .short = غير مدرج في القائمة
flag-MISSING_IN = انصراف بلا تسجيل حضور.
    .short = لا حضور
flag-MISSING_OUT = حضور بلا تسجيل انصراف.
    .short = لا انصراف
flag-OPEN = ما زال حاضرًا، ولم تنته الفترة.
    .short = مفتوحة
flag-EARLY_ARRIVAL = حضر قبل بدء المناوبة، ولا يُحتسب ما قبلها.
    .short = حضور مبكر
flag-LATE_ARRIVAL = حضر بعد بدء المناوبة.
    .short = حضور متأخر
flag-EARLY_LEAVE = انصرف قبل نهاية المناوبة.
    .short = انصراف مبكر
flag-LATE_LEAVE = انصرف بعد نهاية المناوبة، ولا يُحتسب ما بعدها.
    .short = انصراف متأخر
flag-OUTSIDE_WINDOW = الفترة كلها خارج المناوبة، ولا يُحتسب منها شيء.
    .short = خارج المناوبة
flag-BREAK_DEDUCTED = خُصم وقت الاستراحة.
    .short = خصم استراحة
flag-OVERLAP = تتداخل هذه الفترة مع فترة أخرى، ويُحتسب الوقت نفسه مرة واحدة.
    .short = تداخل
flag-SITE_CONFLICT = وُجد الشخص نفسه في موقعين في الوقت نفسه، يُرجى مراجعة السجلين.
    .short = موقعان معًا
flag-BELOW_MIN_SESSION = الفترة أقصر من أن تُحتسب.
    .short = فترة قصيرة
flag-DAILY_CAP = بلغ الحد اليومي، ولا يُحتسب ما زاد عليه.
    .short = الحد اليومي
flag-MANUAL = جزء من هذه الفترة أُدخل يدويًا.
    .short = إدخال يدوي
flag-unknown = { $code }
    .short = { $code }

## لماذا احتُسبت هذه المدة: جملة لكل خطوة من مدة الوجود إلى الساعات

step-presence = الوجود من { $in } إلى { $out }: { $seconds }
step-CLOCK_PROVABLE_MINIMUM = كان وقت الجهاز غير مؤكد، فلا يُحتسب إلا الوقت الثابت: { $seconds }
step-MISSING_IN = لا يوجد تسجيل حضور، فتعذّر قياس المدة.
step-MISSING_OUT = لا يوجد تسجيل انصراف، فتعذّر قياس المدة.
step-STILL_OPEN = ما زال حاضرًا، وتُقاس المدة عند الانصراف.
step-CREDITED_TO_SHIFT_END = لا يوجد تسجيل انصراف، فتُحتسب المدة مؤقتًا حتى نهاية المناوبة { $at }: { $seconds }
step-CLIPPED_TO_SHIFT_START = ما قبل { $at } يسبق المناوبة: { $seconds }
step-CLIPPED_TO_SHIFT_END = ما بعد { $at } يلي المناوبة: { $seconds }
step-BETWEEN_SHIFTS = الوقت بين مناوبتين: { $seconds }
step-OUTSIDE_SHIFT = المدة كلها خارج المناوبة: { $seconds }
step-SCHEDULED_BREAK = استراحة النشاط: { $seconds }
step-AUTOMATIC_BREAK = الاستراحة المقررة للفترات الطويلة: { $seconds }
step-NOT_SERVICE = لا يُحتسب التدريب والتنقل من وقت الخدمة: { $seconds }
step-OVERLAP_REMOVED = هذا الوقت محتسب من قبل في «{ $activity }»: { $seconds }
step-BELOW_MINIMUM = أقصر من أن تُحتسب: { $seconds }
step-CUT_TO_DAILY_CAP = ما زاد على الحد اليومي: { $seconds }
step-total = المحتسب: { $seconds }
step-unknown = { $code }: { $seconds }

## سطر الساعات ومراجعته

line-pending = بانتظار المراجعة
line-approved = معتمد
line-rejected = مرفوض
line-adjusted = معتمد ومعدّل
line-superseded = حلّ محله حساب أحدث
line-withdrawn = مسحوب
line-unknown = { $code }
adjustment-LATE_EVENT = وصل سجل بعد الاعتماد.
adjustment-MASTER_DATA = صُحّحت المناوبة أو القائمة أو القواعد بعد الاعتماد.
adjustment-unknown = { $code }

## شهادة يتحقق منها أحد

certificate-valid = صالحة: صدرت هذه الشهادة هنا ومضمونها مطابق للسجل.
certificate-stale = صدرت هنا، لكن الساعات المسجلة صُحّحت بعد ذلك. اطلب شهادة جديدة من الجهة المسجِّلة.
certificate-superseded = صدرت هنا، وحلّت محلها { $newer }.
certificate-never_issued = لم تصدر هنا شهادة بهذا الرقم قط.
certificate-not_a_number = ليس هذا رقم شهادة: فيه رقم خاطئ أو ناقص.
certificate-unknown = { $code }

## شرح سطر من الساعات

explain-line = { $name } ({ $volunteer })، { $activity }، { $date } (بتوقيت { $zone })
explain-waits = لهذا الشخص سجلات جديدة تنتظر الحساب، وقد يتغير ما يلي خلال ثوانٍ.
explain-session = الفترة { $number }
explain-came = تسجيل الحضور { $at }: { $evidence }
explain-left = تسجيل الانصراف { $at }: { $evidence }
explain-clock = كانت ساعة الجهاز تشير إلى { $wall }، وصُحِّح الوقت استنادًا إلى الأدلة.
explain-manual = أدخله يدويًا { $entered } وأكده { $confirmed }: { $reason } ({ $source })
explain-named-assigned = لم يحدد الجهاز نشاطًا؛ ومن بين الأنشطة الجارية حينها في موقعه كان هذا وحده ينتظر هذا الشخص.
explain-named-only = لم يحدد الجهاز نشاطًا؛ وكان هذا النشاط الوحيد الجاري حينها في موقعه.
explain-named-person = لم يحدد الجهاز نشاطًا؛ وأفاد { $by } بأنه هذا النشاط: { $reason }
explain-named-none = معلّق: لم يحدد الجهاز نشاطًا، ولم يكن أي نشاط جاريًا حينها في موقعه.
explain-named-several = معلّق: لم يحدد الجهاز نشاطًا، وكانت عدة أنشطة جارية حينها في موقعه، وعلى أحد المسؤولين أن يحدد أيها.
explain-named-unknown = { $code }
explain-uncounted = سجلات لم تُحتسب:
explain-result = وفق الإصدار { $version } من القواعد يبلغ هذا السطر { $duration }، ويُعرض { $hours } ساعة.
explain-ledger = الدفتر، حالة هذا السطر: { $state }
explain-original = القيد { $number }: { $seconds }، سُجِّل { $at } وفق الإصدار { $version } من القواعد، { $state }
explain-adjustment = التعديل { $number }: { $seconds }، سُجِّل { $at } وفق الإصدار { $version } من القواعد، { $state }
explain-decided = قرره { $by } في { $at }.
explain-note = ملاحظة: { $note }
explain-override = اتُّخذ القرار قبل وصول جميع الأدلة: { $reason }
explain-counts = المعتمد حتى الآن: { $approved }؛ وبانتظار المراجعة: { $waiting }.
explain-points = نقاط هذا السطر: { $now }، وتصبح { $after } بعد اعتماد كل شيء.
explain-stars = النجوم من دون هذا السطر: { $without }، ومعه: { $now }، وتصبح { $after } بعد اعتماد كل شيء.
explain-value = القيمة المقدَّرة لهذا النشاط، وليست وقت خدمة: { $hours } ساعة، من { $seconds } مرجَّحة بالمسؤولية { $duty } وبالأثر { $effect }.
explain-no-value = لا قيمة مقدَّرة بعد: فهي تُحسب من الوقت المعتمد.
explain-rules = نص القواعد في { $file }؛ وعلى صفحات المركز في { $addresses }

## تقارير المركز

report-value = القيمة الاقتصادية للعمل التطوعي في { $year } ({ $currency })
report-ranking = ترتيب المكرَّمين لعام { $year }
report-lapsed = متطوعون بلا ساعات معتمدة منذ { $since }
report-indicators = مؤشرات عام { $year }
report-notice = إعلان عام { $year }: الساعات والنقاط المستبدلة
report-aggregate = العمل التطوعي في { $year } في مجموعات
report-total = المجموع
report-whole-centre = المركز كله
ranking-tied = متعادل
lapsed-never = لم يحدث قط

column-path = المسار
column-organisation = الجهة
column-hours = الساعات
column-value = القيمة
column-place = المرتبة
column-number = الرقم
column-name = الاسم
column-feedback = تقييم المستفيدين (‰)
column-tie = تعادل
column-last_day = آخر يوم
column-level = المستوى
column-members = المتطوعون
column-active = النشطون
column-retention = المستمرون
column-points = النقاط
column-spent = المستبدَل
column-gifts = الهدايا
column-month = الشهر
column-unknown = { $code }

note-rate = تُحسب الساعة بقيمة { $rate } { $currency } (عام { $year }). مصدر القيمة: { $source }
note-rounding = يُقرَّب كل مبلغ على حدة إلى أقرب جزء من مئة، فقد يختلف مجموع الصفوف عن المجموع بجزء واحد.
note-ranking = حسب الساعات المعتمدة ثم متوسط تقييم المستفيدين. المتعادلون يتقاسمون المرتبة، والقرار للأشخاص.
note-unwilling = { $count ->
    [zero] لم يطلب أي متطوع استبعاده من الترتيب.
    [one] طلب متطوع واحد عدم ترتيبه فلم يُدرَج.
    [two] طلب متطوعان عدم ترتيبهما فلم يُدرَجا.
    [few] طلب { $count } متطوعين عدم ترتيبهم فلم يُدرَجوا.
    [many] طلب { $count } متطوعًا عدم ترتيبهم فلم يُدرَجوا.
   *[other] طلب { $count } متطوع عدم ترتيبهم فلم يُدرَجوا.
}
note-suspended = { $count ->
    [zero] لم يُستبعَد أي متطوع موقوف.
    [one] لم يُدرَج متطوع واحد موقوف.
    [two] لم يُدرَج متطوعان موقوفان.
    [few] لم يُدرَج { $count } متطوعين موقوفين.
    [many] لم يُدرَج { $count } متطوعًا موقوفًا.
   *[other] لم يُدرَج { $count } متطوع موقوف.
}
note-lapsed = لا يُدرَج من ترك كل الجهات.
note-indicators = المتطوعون: المنتسبون في نهاية العام. النشطون: من له ساعات معتمدة هناك خلال العام. يشمل كل فرع ما تحته.
note-retention = المستمرون: نسبة من كانوا نشطين في العام السابق وما زالوا نشطين.
note-notice = الساعات المعتمدة والنقاط المكتسبة والهدايا الممنوحة خلال العام. تُقدَّم الاعتراضات إلى جهتك.
note-masked = الأسماء محجوبة جزئيًا، ومن طلب عدم ذكر اسمه يظهر هكذا: ***.
note-withheld = { $count ->
    [zero] لم تُستبعَد أي مجموعة لقلة عدد متطوعيها عن { $smallest }.
    [one] استُبعدت مجموعة واحدة يقل متطوعوها عن { $smallest }، ولا يُذكر مجموع تُحسب منه.
    [two] استُبعدت مجموعتان يقل متطوعوهما عن { $smallest }، ولا يُذكر مجموع تُحسبان منه.
    [few] استُبعدت { $count } مجموعات يقل متطوعوها عن { $smallest }، ولا يُذكر مجموع تُحسب منه.
    [many] استُبعدت { $count } مجموعة يقل متطوعوها عن { $smallest }، ولا يُذكر مجموع تُحسب منه.
   *[other] استُبعدت { $count } مجموعة يقل متطوعوها عن { $smallest }، ولا يُذكر مجموع تُحسب منه.
}

## مدى اكتمال الأدلة: أجزاء جملة واحدة

completeness-of = { $title }: { $told }.
completeness-between = {"؛ "}
completeness-until = مكتمل حتى { $at }
completeness-unknown = لا يمكن قول شيء بعد
completeness-gap = الجهاز { $terminal } تنقصه السجلات { $numbers }
completeness-one = الجهاز { $terminal } ينقصه السجل { $number }
completeness-silent = الجهاز { $terminal } صامت منذ { $at }
completeness-never = الجهاز { $terminal } لم يتصل قط
completeness-no-terminal = لا جهاز مسجَّل هنا
completeness-waiting = { $count ->
        [zero] لا سطور بانتظار المراجعة
        [one] سطر واحد بانتظار المراجعة
        [two] سطران بانتظار المراجعة
        [few] { $count } سطور بانتظار المراجعة
        [many] { $count } سطرًا بانتظار المراجعة
       *[other] { $count } سطر بانتظار المراجعة
    }
completeness-ready = جاهز للمراجعة
completeness-not-ready = غير جاهز للمراجعة، وتجوز مع ذكر السبب ابتداءً من { $due }

## بطاقة مطبوعة

badge-until = صالحة حتى { $date }
