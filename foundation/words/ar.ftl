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
plain-banner = وصلت هذه الصفحة دون TLS، ويعمل ذلك على هذا الجهاز وحده. أما الآخرون فيصلون عبر وكيل ينهي TLS: مثالان في config/Caddyfile وconfig/nginx.conf.
web-without_tls = الصفحات على { $address }، دون TLS ولهذا الجهاز وحده. يصل الآخرون إليها عبر وكيل ينهي TLS: مثالان في config/Caddyfile وconfig/nginx.conf.
idle-how = اعرض الرمز، أو قرّب البطاقة، أو اكتب الرمز الذي وصلك في رسالة نصية.
idle-please = من فضلك { $ways }.
idle-way-code = اعرض الرمز على الكاميرا أو الماسح
idle-way-camera = اعرض الرمز على الكاميرا
idle-way-scanner = قرّب الرمز من الماسح
idle-way-card = قرّب البطاقة
idle-way-typed = اكتب الرمز الذي وصلك في رسالة نصية
idle-way-between = {"، أو "}
idle-way-or = { $others }، أو { $last }
idle-no_keys = لا يستطيع هذا الجهاز التحقق من البطاقات بعد: ينتظر قائمته الأولى من المركز. يُرجى إبلاغ الموظفين.
idle-no_reader = لا يمكن قراءة شيء هنا: { $devices } خارج الخدمة.
idle-direction-in = تسجيل الحضور فقط
idle-direction-out = تسجيل الانصراف فقط
idle-direction-break = الاستراحة: بداية ونهاية
idle-activities = { $count ->
    [zero] لا أنشطة
    [one] نشاط واحد
    [two] نشاطان
    [few] { $count } أنشطة
    [many] { $count } نشاطًا
   *[other] { $count } نشاط
}
idle-sms_alone = أرسل { $code } في رسالة نصية إلى { $number }.
idle-no_roster = اعرض بطاقة المتطوع. لا توجد قائمة على هذا الجهاز بعد: تُسجَّل بطاقات المتطوعين، والقرار للمركز.
idle-sms = أو أرسل { $code } في رسالة نصية إلى { $number }.
idle-fault = خارج الخدمة: { $devices }. يُرجى استخدام طريقة أخرى.
typing-label = الرمز
typing-how = اضغط Enter بعد اكتمال الرمز، وEsc لمسحه.
typing-ends = { $count ->
    [zero] يُمسح الرمز الآن. اضغط Enter بعد اكتماله.
    [one] يُمسح الرمز بعد ثانية واحدة. اضغط Enter بعد اكتماله.
    [two] يُمسح الرمز بعد ثانيتين. اضغط Enter بعد اكتماله.
    [few] يُمسح الرمز بعد { $count } ثوانٍ. اضغط Enter بعد اكتماله.
    [many] يُمسح الرمز بعد { $count } ثانية. اضغط Enter بعد اكتماله.
   *[other] يُمسح الرمز بعد { $count } ثانية. اضغط Enter بعد اكتماله.
}
checking-how = لحظة من فضلك…
seen-code = رأينا الشارة ونتحقق منها…
seen-card_uid = رأينا البطاقة ونتحقق منها…
seen-signed_tap = رأينا البطاقة ونتحقق منها…
seen-tag = رأينا البطاقة ونتحقق منها…
seen-id_number = رأينا البطاقة ونتحقق منها…
seen-unknown = لحظة من فضلك…
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

not_enrolled-word = غير مسجل
not_enrolled-text = هذا الجهاز غير مسجّل بعد.
not_enrolled-how = وجّه رمز QR إلى الكاميرا أو الماسح، أو شغّل `muster enrol`.
not_enrolled-read = قُرئ الرمز. لحظة من فضلك…
not_enrolled-asking = يُسأل المركز الآن.
not_enrolled-words = ست كلمات يجب أن يعرضها المركز أيضًا:
not_enrolled-approve = اقرأ هذا الرمز بالهاتف، أو شغّل في المركز ({ $centre }):
not_enrolled-again = ثم وجّه رمز QR إلى الكاميرا أو الماسح مرة أخرى.
not_enrolled-done = هذا الجهاز هو الآن { $terminal }، وسيكون جاهزًا بعد لحظة.

## نتيجة القراءة: الجملة، والكلمة الكبيرة، والكلمة القصيرة للمشرفين

result-accepted_in = سُجّل حضورك الساعة { $time }.
    .for = سُجّل حضورك الساعة { $time } ({ $activity }).
    .word = أهلا وسهلا
    .short = حضور
result-accepted_out = سُجّل انصرافك الساعة { $time }.
    .for = سُجّل انصرافك الساعة { $time } ({ $activity }).
    .presence = كنت هنا من { $since } إلى { $time }: { $presence }.
    .presence_for = كنت هنا من { $since } إلى { $time } ({ $activity }): { $presence }.
    .review = تُحتسب ساعاتك بعد مراجعتها.
    .word = مع السلامة
    .short = انصراف
receipt-today = اليوم هنا مبدئيًا: { $time }
receipt-shift_start = من { $at }، بداية المناوبة
receipt-shift_end = حتى { $at }، نهاية المناوبة
receipt-between_shifts = { $time } بين المناوبات لا تُحتسب
receipt-outside_shift = { $time } خارج المناوبة لا تُحتسب
receipt-break = استراحة { $time }
receipt-minimum = { $time } أقصر من أن تُحتسب
receipt-daily_cap = { $time } فوق الحد اليومي
receipt-unknown = { $time } بقاعدة أخرى
receipt-approved = المعتمد قبل اليوم: { $hours } س
    .stars = المعتمد قبل اليوم: { $hours } س { $stars }
receipt-code = إيصال { $code }
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
answer-part = { $text }.

## السبب، وما يمكن فعله الآن، والعبارة القصيرة للمشرفين؛ ينتهي المعرّف برمز السجل

reason-unknown_credential = هذا الرمز أو هذه البطاقة غير معروفة هنا.
    .remedy = يُرجى مراجعة المشرفين، فيمكنهم البحث عنك بالاسم.
    .short = رمز أو بطاقة غير معروفة
reason-foreign_code = هذا الرمز من نوع آخر ولا يمثل أحدًا هنا.
    .remedy = يُرجى إظهار بطاقتك أو مراجعة المشرفين.
    .short = رمز من نوع آخر
reason-code_in_parts = هذا رمز واحد من عدة رموز متكاملة، ولا يمثل أحدًا هنا.
    .remedy = يُرجى إظهار بطاقتك أو مراجعة المشرفين.
    .short = رمز من عدة رموز
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
reason-too_many_tries = تكرر إدخال رمز خاطئ أكثر من المسموح.
    .remedy = يُرجى الانتظار قليلًا، أو استخدام بطاقتك، أو مراجعة المشرفين.
    .short = محاولات كثيرة
reason-not_six_digits = يتكون الرمز من ستة أرقام.
    .remedy = يُرجى كتابة الأرقام الستة الواردة في الرسالة النصية.
    .short = ليس ستة أرقام
reason-too_many_codes = أُرسلت عدة رموز إلى هذا الهاتف من قبل.
    .remedy = يُرجى استخدام أحدثها، أو الانتظار قبل طلب رمز آخر.
    .short = رموز كثيرة
reason-already_in = حضورك مسجّل من قبل.
    .remedy = لا حاجة إلى شيء آخر.
    .short = حضور مسجّل من قبل
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
reason-not_checked_yet = لا يستطيع هذا الجهاز التحقق من البطاقات بعد: ينتظر قائمته الأولى من المركز.
    .remedy = قد تكون بطاقتك سليمة. يُرجى إبلاغ الموظفين ليكتبوا وقتك.
    .short = لا يمكن التحقق بعد
reason-centre_decides = تم التسجيل، والمركز يقرر لأي نشاط يُحتسب.
    .remedy = لا يلزمك فعل شيء آخر.
    .short = القرار للمركز
reason-device_tried = يجرّب المشرفون هذا الجهاز الآن، ولم يُسجَّل شيء.
    .remedy = يُرجى الانتظار لحظة ثم عرضه مجددًا، أو استخدام جهاز آخر.
    .short = قيد التجربة
reason-on_break = أنت في استراحة، ولا تُحتسب خدمةً.
    .remedy = عُد إلى هنا عند انتهائها وأبرز الشيء نفسه مرة أخرى.
    .short = استراحة
reason-not_enrolled = هذا الجهاز غير مسجّل بعد، ولم يُسجَّل شيء.
    .remedy = يُرجى استخدام جهاز آخر أو إبلاغ المشرفين.
    .short = غير مسجّل
reason-terminal_revoked = أُلغي اعتماد هذا الجهاز، ولم يعد يسجل شيئًا.
    .remedy = يُرجى استخدام جهاز آخر أو إبلاغ المشرفين.
    .short = الجهاز ملغى
reason-unknown = السبب الذي أعطاه الجهاز: «{ $code }».
    .remedy = يُرجى مراجعة المشرفين.
    .short = { $code }

sms-code = رمز تسجيل حضورك هو { $code }. يصلح مرة واحدة خلال عشر دقائق، فلا تعطه لأحد.
sms-wrong_code = يُرجى مقارنة رسالتك بالأرقام الأربعة الظاهرة على شاشة الجهاز وإرسال تلك الأرقام.
code-wait = يمكن كتابة الرموز من جديد بعد { $duration }.

## «متى غادرت؟» بعد نسيان تسجيل الانصراف، وإلغاء تسجيل حدث خطأً

question-came = سجّلت حضورك في { $came } ({ $activity }) ولم تسجّل انصرافك.
question-put_down = سُجّل لك الانصراف عند { $at } وينتظر من يؤكده.
question-when = متى غادرت؟
question-unknown = لا أعرف
question-how = اضغط الرقم ثم Enter، أو اكتب الوقت، مثل 1810. سينظر أحد المشرفين في إجابتك.
question-wrong = { $typed } ليس إجابة. اضغط أحد هذه الأرقام ثم Enter، أو اكتب الوقت، مثل 1810.
question-ends = { $count ->
    [zero] يختفي هذا السؤال الآن. اضغط الرقم ثم Enter.
    [one] يختفي هذا السؤال بعد ثانية واحدة. اضغط الرقم ثم Enter.
    [two] يختفي هذا السؤال بعد ثانيتين. اضغط الرقم ثم Enter.
    [few] يختفي هذا السؤال بعد { $count } ثوانٍ. اضغط الرقم ثم Enter.
    [many] يختفي هذا السؤال بعد { $count } ثانية. اضغط الرقم ثم Enter.
   *[other] يختفي هذا السؤال بعد { $count } ثانية. اضغط الرقم ثم Enter.
}
answer-message = من الموظفين: { $text }
look_up-word = لحظة
look_up-text = يبحث الموظفون عن صاحب شارة أو بطاقة. من فضلك انتظر ببطاقتك.
look_up_done-word = تم البحث
look_up_done-text = لم يُسجَّل حضور أحد ولا انصرافه. من فضلك قدّم بطاقتك الآن.
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
done-on_break = قُيِّد: { $name } في استراحة.
done-walked_in = قُيِّد: حضر { $name }. يُحتسب بعد أن يحدد المركز من هو.
done-group_came = سُجّل: حضرت المجموعة. تُعدّ، ولا تُحتسب ساعاتٍ لأحد.
done-group_left = سُجّل: غادر هؤلاء.
done-set = يعمل هذا الجهاز على هذا النحو حتى إشعار آخر.
done-out_of_order = هذا الجهاز خارج الخدمة حتى تعيده إليها.
done-in_order = عاد هذا الجهاز إلى العمل.
done-roll_signed = تم التوقيع. يصل إلى المركز بوصفه زيارة متى عمل الاتصال.
done-told_centre = دُوِّن. يصل إلى المركز متى عمل الاتصال.
done-look_up_ended = من يقدّم شيئًا الآن يُسجَّل حضوره أو انصرافه من جديد.
done-noted = يقرؤها { $name } عند المسح التالي.
done-note_gone = لا تُعرض ملاحظة على { $name }.
done-restarted = أُغلق جهاز القراءة ويجري فتحه من جديد.
done-unknown = تم: { $code }
denied-busy = كان الجهاز مشغولًا ولم يُنفَّذ شيء. يُرجى المحاولة مجددًا.
denied-not_logged_in = هذا للمشرفين فقط. يُرجى تسجيل الدخول أولًا.
denied-not_enrolled = هذا الجهاز غير مسجّل بعد: لا يُسجَّل هنا حضور ولا يُدوَّن وقت.
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
denied-no_name = يُرجى كتابة الاسم.
denied-no_remark = يُرجى كتابة من هم، كاسم جهة.
denied-wrong_count = هذا العدد لا يناسب هذه المجموعة. يُرجى تصحيحه.
denied-no_such_group = لم تعد هذه المجموعة هنا.
denied-no_such_volunteer = هذا المتطوع ليس في قائمة هذا الجهاز. يمكن للمركز إضافته إليها أو قيد الوقت.
denied-no_walk_ins = ليس لدى هذا الجهاز مفتاح من المركز لحماية الاسم. يُرجى كتابة الاسم والهاتف والوقت على الورق إلى أن تصل القائمة التالية.
denied-suspended = هذا الشخص موقوف مؤقتًا. يُرجى توجيهه إلى منسّقه، ولا يمكن قيد الوقت إلا في المركز.
denied-future_time = هذا الوقت لم يأتِ بعد. يُرجى تصحيحه.
denied-too_long_ago = مضى على هذا وقت أطول مما يقبله الجهاز. يُرجى قيده في المركز.
denied-already_in = هذا الشخص مسجَّل الحضور بالفعل.
denied-before_check_in = هذا قبل تسجيل حضور الشخص. يُرجى تصحيح الوقت.
denied-activity_not_executing = لم يكن أي نشاط جاريًا حينها. يُرجى تصحيح الوقت.
denied-no_such_activity = هذا النشاط ليس في قائمة هذا الجهاز.
denied-no_such_time = هذا ليس وقتًا صحيحًا. يُرجى كتابته هكذا 09:30.
denied-nothing_read = لم يُعرض شيء على الجهاز خلال نصف دقيقة.
denied-no_such_stick = لم تعد وحدة التخزين هذه موجودة. وصّلها وركّبها ثم اختر من جديد.
denied-not_for_inspectors = هذا للموظفين. المفتش ينادي الأسماء، ولا يقيّد شيئًا ولا يوقّع عليه.
denied-only_inspectors = المفتشون والمشرفون وحدهم ينادون الأسماء.
denied-nobody_present = لا أحد مسجّل حضوره هنا ليُنادى اسمه.
denied-no_such_roll = لم تُختر هذه الأسماء هنا، أو وُقّع عليها. من فضلك اختر من جديد.
denied-no_text = من فضلك اكتب شيئًا.
denied-nothing_presented = لم يُقدَّم شيء في الوقت المحدد. من فضلك حاول مرة أخرى.
denied-not_recognised = لا تعرف هذه المحطة لمن هي. ابحث عن الشخص بالاسم، واطلب قيد البطاقة في المركز.
denied-too_many_notes = ملاحظات كثيرة تنتظر هنا. أزل بعضها أولًا.
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
staff-break = في استراحة
staff-write_down = قيد يدوي
staff-take_back = إلغاء ما كان خطأً
staff-terminal = معنى القراءة هنا حتى إشعار آخر
staff-activity_by_time = النشاط بحسب مواعيده
staff-activity_not_running = (غير جارٍ الآن)
staff-restart_device = إغلاق جهاز القراءة وفتحه من جديد
staff-try_device = تجربة جهاز: لا يُسجَّل شيء مما يقرؤه
staff-try_present = اعرض شيئًا على { $device } خلال 30 ثانية. لا يُسجَّل شيء. المفتاح Esc ينهي الانتظار هنا.
staff-try_read = قرأ { $device }: { $text }
staff-try_unread = { $device }: عُرض شيء ولم تمكن قراءته.
staff-try_again = مرة أخرى
staff-examining = يجري فحص الجهاز…
staff-sticks = على أي وحدة تخزين يُكتب السجل؟
staff-no_stick = لا توجد وحدة تخزين مركّبة تمكن الكتابة عليها. وصّل واحدة؛ وإن لم تُركَّب تلقائيًا: {"\u2066`systemd-mount --owner=muster-kiosk /dev/sda1 /media/stick`\u2069"}.
staff-stick = { $folder }، المتاح { $free }
staff-exporting = يُكتب السجل ويُقرأ للتحقق. اترك وحدة التخزين في مكانها…
staff-exported = السجل في { $file }، عدد الدفعات { $count }، وقد قُرئ كاملًا. ويحتفظ به الجهاز أيضًا؛ ويستورده المركز بالأمر {"\u2066`muster log import`\u2069"}.
staff-other_time = وقت آخر
staff-log_in_again = انتهت جلستك. أدخل رمزك السري؛ ما كتبته محفوظ
staff-nobody_found = لا أحد بهذا الاسم. يُبحث بجزء من الاسم أو ببداية الرقم.
staff-more_found = هؤلاء أول { $count }، وهناك غيرهم. اضغط Esc واكتب المزيد من الاسم.
staff-missing = المتوقعون اليوم ولم يحضروا ({ $count })
staff-still_in = لم يسجلوا انصرافهم ({ $count })
staff-all_left = هؤلاء انصرفوا
staff-people = { $count ->
    [one] شخص واحد
    [two] شخصان
    [few] { $count } أشخاص
    [many] { $count } شخصًا
   *[other] { $count } شخص
}
staff-write_in = قيد: حضر
staff-write_out = قيد: انصرف
staff-write_break = قيد: في استراحة
staff-since = حاضر منذ { $time }
staff-break_since = في استراحة منذ { $time }
staff-walked_in = حضر دون قائمة: لم يحدد المركز بعد من هو
staff-walk_in = شخص ليس في القائمة
staff-group = مجموعة بلا أسماء
staff-group_came = حضرت مجموعة
staff-group_here = { $people } · { $remark } · منذ { $time }
staff-group_left = كم غادر منهم؟
staff-group_for = لأي نشاط حضروا؟
staff-not_in = غير حاضر
staff-suspended = موقوف: لا يُسجَّل له شيء
staff-expected_at = متوقع في { $site }
staff-roll = مناداة الأسماء
staff-roll_count = من فضلك عدد من 1 إلى { $most }. تُنادى أسماء أخرى في مناداة أخرى.
staff-roll_remark = ما وُجد
staff-roll_drawn = اختيرت أسماء { $count } من { $present } حاضرين
staff-roll_sign = توقيع: يُحفظ في السجل ويُرسل إلى المركز
roll-seen = موجود
roll-not_seen = غير موجود
roll-seen_remark = موجود، مع ملاحظة
roll-not_seen_remark = غير موجود، مع ملاحظة
staff-tell_centre = اكتب إلى المركز
staff-look_up = لمن هذه الشارة أو البطاقة؟
    .how = قرّبها من أحد أجهزة القراءة في هذه المحطة خلال 15 ثانية. لا يُسجَّل بها أحد، وشاشة المتطوعين تقول ذلك. Esc للخروج.
staff-presented = ما قُدِّم غير مقبول: { $why }
staff-badges_revoked = { $count ->
    [one] أُلغيت شارة واحدة
    [two] أُلغيت شارتان
    [few] أُلغيت { $count } شارات
   *[other] أُلغيت { $count } شارة
}
staff-take_back_this = إلغاء: { $event }
staff-note = ملاحظة يقرؤها عند المسح التالي
staff-note_waits = ملاحظة تنتظر: «{ $text }» ({ $by })
staff-note_shown = عُرضت الملاحظة { $time }: «{ $text }» ({ $by })
staff-credential = لديه: { $method }
staff-all_written = { $count ->
    [one] قُيّد انصراف شخص واحد.
    [two] قُيّد انصراف شخصين.
    [few] قُيّد انصراف { $count } أشخاص.
    [many] قُيّد انصراف { $count } شخصًا.
   *[other] قُيّد انصراف { $count } شخص.
}
staff-not_written = لم يُقيَّدوا ({ $count })
staff-answer_all = الجميع ({ $count }): عند نهاية نوبتهم، ويؤكدها المركز
staff-answered_all = { $count ->
    [one] قُيّد ذلك لشخص واحد.
    [two] قُيّد ذلك لشخصين.
    [few] قُيّد ذلك لـ{ $count } أشخاص.
    [many] قُيّد ذلك لـ{ $count } شخصًا.
   *[other] قُيّد ذلك لـ{ $count } شخص.
} سيؤكده أحد في المركز.
direction-set = كما في الإعدادات
direction-unknown = { $code }
direction-toggle = حضور وانصراف بالتناوب
direction-in = الجميع يحضرون
direction-out = الجميع يغادرون
direction-break = استراحات: خروج وعودة
field-staff = معرّفك
field-pin = رمز PIN
field-text = جزء من الاسم أو الرقم
field-time = متى، مثل 09:30؛ اتركه فارغًا للوقت الحالي
field-name = الاسم
field-telephone = الهاتف إن وُجد
field-count = كم عددهم
field-remark = من هم، كاسم جهة؛ بلا أسماء أشخاص
field-draw = كم اسمًا
field-finding = ملاحظة، في { $most } حرفًا على الأكثر
field-message = كلمات قليلة، { $most } حرفًا على الأكثر: لا أسماء ولا أرقام ولا شيء عن شخص
field-note = ما يقرؤه مرة واحدة، في { $most } حرفًا على الأكثر؛ الفراغ يزيله. قد يقرؤه غيره أيضًا: لا شيء خاصًا
field-reason = السبب
field-second = معرّف الشخص الثاني
field-second_pin = رمز PIN للشخص الثاني
form-how = المفتاح Enter للمتابعة، وEsc للخروج دون تنفيذ شيء.
choice-how = مفاتيح الأسهم للاختيار، وEnter للتأكيد، وEsc للخروج.
selection-how = المسافة للتحديد، وa لتحديد الجميع أو لا أحد، وEnter للمتابعة، وEsc للخروج.
people-how = الأسهم للاختيار، وEnter للتأكيد، وo للترتيب، وf للتصفية. Esc للخروج.
people_selection-how = مفتاح المسافة يعلّم، وa يعلّم الكل أو لا أحد، وo للترتيب، وf للتصفية، وEnter للمتابعة. Esc للخروج.
order-time = حسب الوقت
order-name = حسب الاسم
order-activity = حسب النشاط
order-unknown = { $code }
order-only = { $what } فقط
choice-nothing = لا شيء للاختيار. المفتاح Esc للخروج.

## شاشة المشرفين

label-terminal = جهاز التسجيل
label-here = الحاضرون ({ $count })
label-elsewhere = عند الأجهزة الأخرى { $count }
label-expected = المتوقع { $count }
label-in_groups = في مجموعات: { $count }
label-readings = آخر القراءات
label-devices = الأجهزة
label-name = الاسم
label-since = منذ
label-activity = النشاط
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
device_kind-camera = الكاميرا
device_kind-scanner = الماسح
device_kind-id_card = قارئ الهويات
device_kind-tag = قارئ الشرائح
device_kind-contactless = قارئ البطاقات
device_kind-wedge = الماسح
device_kind-keypad = لوحة الأرقام
device_kind-modem = الرسائل النصية
device_kind-unknown = { $code }

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
key-commands = كل الأوامر
key-whose = لمن البطاقة
key-order = ترتيب
key-filter = تصفية
key-roll_call = مناداة
key-tell_centre = إلى المركز
key-find = شخص
key-missing = الغائبون
key-walk_in = خارج القائمة
key-group = مجموعة
key-still_in = الباقون
key-figures = أرقام اليوم
network-link = خط هذا الجهاز
network-interface = { $name }: { $state }، { $address }
network-up = متصل
network-down = غير متصل
network-no_address = بلا عنوان
network-none = ليس في هذا الجهاز وحدة شبكة.
network-machine = شبكة هذا الجهاز
figures-came = حضروا
figures-left = انصرفوا
figures-in_all = المجموع
figures-refused = لم تُقبل
figures-number = العدد
figures-in_groups = حضروا في مجموعات بلا أسماء: { $count }
figures-taken_back = { $count ->
    [one] أُلغيت قراءة واحدة.
    [two] أُلغيت قراءتان.
    [few] أُلغيت { $count } قراءات.
    [many] أُلغيت { $count } قراءة.
   *[other] أُلغيت { $count } قراءة.
}
key-take_back = إلغاء
key-answer = إجابات
key-terminal = الجهاز
key-restart_device = القارئ
key-try_device = تجربة جهاز
key-network = الشبكة
key-checkup = فحص
key-export = السجل إلى USB
key-out_of_order = إيقاف
key-help = مساعدة
reading-taken_back = أُلغي { $time } بواسطة { $by }
reading-note_shown = عُرضت الملاحظة
reading-by_volunteer = المتطوع نفسه
reading-written = قُيّد للساعة { $time }: { $reason }
help-title = مساعدة
help-close = اضغط Esc للإغلاق.
help-keys = q للخروج، l لتغيير اللغة، ? لهذه المساعدة، s لدخول المشرفين. ينقلك Tab إلى القائمة التالية، وتحرّكها الأسهم.
help-staff = بعد دخول الموظف: { $keys }.
help-scanner = الشارة التي يكتبها الماسح هنا، أو رقم المتطوع ثم Enter، تُظهر ذلك الشخص.
help-readings = ✔ مقبول   = لا جديد   → أُرسل رمز   ✖ مرفوض   ? تعذّرت القراءة   ! لم يُسجّل
help-devices = ● جاهز   ◌ قيد الفتح   ○ مغلق   ✖ عطل، والحل في السطر التالي
help-link = كل ما يظهر مقبولًا محفوظ هنا أولًا. «لم تُرسل بعد» هي السجلات التي لم يؤكدها المركز، وتُرسل تلقائيًا عند عودة الاتصال.

## ما آل إليه الحدث في التسوية

outcome-used = احتُسب.
outcome-redelivered = وصل الحدث نفسه مرة أخرى، ويُحتسب مرة واحدة.
outcome-duplicate_scan = قراءة مكررة خلال دقيقة، وتُحتسب الأولى.
outcome-replaced = يُحتسب بدلًا منه قيد يدوي أكده شخص ثانٍ.
outcome-repeated_in = سبق تسجيل الحضور يدويًا، ويُحتسب الأسبق.
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
flag-CREDENTIAL_USED_TWICE = استُعمل الرمز نفسه لمرة واحدة، أو لمسة البطاقة نفسها، في سجل آخر أيضًا، وربما نسخه أحد.
    .short = استُعمل مرتين
flag-REPEATED_IN = قرأ جهاز حضورًا مرة أخرى بعد الحضور المدخل يدويًا، ويُحتسب الأسبق.
    .short = حضور مكرر
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
flag-CAP_LIFTED = يُحتسب ما زاد على الحد اليومي لأن أحد المراجعين سمح به.
    .short = رُفع الحد
flag-CREDENTIAL_REVOKED = كانت البطاقة التي سجّلت الانصراف قد أُلغيت، فتُحتسب المدة حتى إلغائها.
    .short = بطاقة ملغاة
flag-LONG_STAY = الحضور أطول من المسموح، ويُحتسب لأن أحد المراجعين قال إن القراءتين حضور واحد.
    .short = حضور طويل
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
step-CLAIMED_TO_SHIFT_END = لا يوجد تسجيل انصراف، والانصراف عند نهاية المناوبة { $at } ينتظر من يؤكده.
step-CREDITED_TO_REVOCATION = كانت البطاقة التي سجّلت الانصراف قد أُلغيت عند { $at }، فتُقاس المدة حتى ذلك الوقت.
step-CREDITED_TO_SHIFT_END = لا يوجد تسجيل انصراف، فتُحتسب المدة مؤقتًا حتى نهاية المناوبة { $at }: { $seconds }
step-CLIPPED_TO_SHIFT_START = ما قبل { $at } يسبق المناوبة: { $seconds }
step-CLIPPED_TO_SHIFT_END = ما بعد { $at } يلي المناوبة: { $seconds }
step-BETWEEN_SHIFTS = الوقت بين مناوبتين: { $seconds }
step-OUTSIDE_SHIFT = المدة كلها خارج المناوبة: { $seconds }
step-SCHEDULED_BREAK = استراحة النشاط: { $seconds }
step-AUTOMATIC_BREAK = الاستراحة المقررة للفترات الطويلة: { $seconds }
step-NOT_SERVICE = لا يُحتسب التدريب والتنقل من وقت الخدمة: { $seconds }
overlap-told = في الوقت نفسه: { $activity }، { $site }، { $came } – { $left }.
overlap-beyond = في الوقت نفسه توجد إقامة في نشاط خارج نطاقك.
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
adjustment-LATE_EVENT = وصل سجل بعد القرار.
adjustment-MASTER_DATA = صُحّحت المناوبة أو القائمة أو القواعد بعد القرار.
adjustment-REOPENED = سُحب رفض هذه النتيجة.
adjustment-MERGED = تبيّن أن رقمين لشخص واحد، أو أنهما لشخصين.
adjustment-unknown = { $code }

## الإيصالات: ‎`muster receipt` والصفحة التي تتحقق من رمز إيصال

receipt_check-genuine = إيصال صحيح: سُجّل انصراف { $name } في { $site } بتاريخ { $when }.
receipt_check-unknown = لا يوجد هنا تسجيل انصراف يطابق هذا الرمز. ربما لم يرسله الجهاز بعد: قارن كل علامة وحاول لاحقًا.
receipt_check-not_a_code = هذا ليس رمز إيصال: إحدى علاماته خاطئة أو ناقصة.
receipt_check-nobody = شخص غير معروف هنا
receipt_check-stay = { $activity }، { $day }: تُحتسب لهذه الفترة { $hours } ساعة؛ حالة السطر: { $state }.
receipt_check-not_booked = لم يُقيّد بعد
receipt_check-waits = لم تتم تسويته بعد. حاول بعد بضع دقائق.
receipt_check-in_log = إيصال صحيح: سجل هذا الجهاز يحتوي تسجيل الانصراف، { $when } ({ $activity }).
receipt_check-not_in_log = لا يوجد في سجل هذا الجهاز تسجيل انصراف يطابق هذا الرمز. ربما أصدره جهاز آخر: المركز يعرف إيصالات جميع الأجهزة.
receipt_check-no_key = لا يمكن التحقق من أي إيصال من دون مفتاح الجهاز. شغّل هذا بصلاحية root.

## شهادة يتحقق منها أحد

certificate-valid = صالحة: صدرت هذه الشهادة هنا ومضمونها مطابق للسجل.
certificate-stale = صدرت هنا، لكن الساعات المسجلة صُحّحت بعد ذلك. اطلب شهادة جديدة من الجهة المسجِّلة.
certificate-superseded = صدرت هنا، وحلّت محلها { $newer }.
certificate-never_issued = لم تُصدر هنا أي شهادة بهذا الرقم وهذا الرمز. قارن كل رقم وحرف بالورقة: فالحرف المقروء خطأً يظهر كالمزوَّر.
certificate-number_alone = الرقم سليم الشكل. لا يُخبر عن سريان الشهادة إلا حاملها: اكتب أيضًا الرمز المطبوع تحت الشيفرة على الورقة.
certificate-not_a_number = ليس هذا رقم شهادة: فيه رقم خاطئ أو ناقص.
certificate-unknown = { $code }

## إثبات يتحقق منه أحد

proof-unreadable = ليس هذا إثباتًا، أو تغيّر فيه حرف.
proof-unsigned = لم يوقّع أي من هذه المفاتيح الرأس الذي يقود إليه هذا الإثبات.
proof-not_in_tree = ما يقوله هذا النص ليس في الشجرة الموقَّعة.
proof-not_sealed = الاسم أو الرقم الذي يُظهره هذا النص ليس ما خُتم عليه.
proof-unknown = { $code }
tampering-altered = { $what } يقول غير ما كان عند إدخاله
tampering-unsealed = لم تعد مقارنة { $what } ممكنة: اختفى ملحه ولم تُمحَ بيانات أحد
tampering-gone = { $what } لم يعد موجودًا
tampering-leaf_gone = الموضع { $what } في الشجرة فارغ
tampering-head = لا تقود الشجرة إلى الرأس الموقَّع لعدد { $what } من الأوراق
tampering-signature = الرأس لعدد { $what } من الأوراق لم يوقّعه هذا المركز
tampering-node = القيمة { $what } فوق الأوراق ليست ما تنتجه
tampering-unknown = { $code } { $what }

## شرح سطر من الساعات

explain-line = { $name } ({ $volunteer })، { $activity }، { $date } (بتوقيت { $zone })
explain-waits = لهذا الشخص سجلات جديدة تنتظر الحساب، وقد يتغير ما يلي خلال ثوانٍ.
explain-session = الفترة { $number }
explain-came = تسجيل الحضور { $at }: { $evidence }
explain-left = تسجيل الانصراف { $at }: { $evidence }
explain-time-repaired = كانت ساعة الجهاز تشير إلى { $wall }، وصُحِّح الوقت استنادًا إلى الأدلة إلى { $at }، بفارق لا يتجاوز { $bound }.
explain-time-kept = كانت ساعة الجهاز تشير إلى { $wall } ولم يكن ما يؤكدها حينها، وتوافقها الأدلة الأخرى بفارق لا يتجاوز { $bound }.
explain-time-own = كانت ساعة الجهاز تشير إلى { $wall }، ويقدّر الجهاز خطأها بما لا يتجاوز { $bound }.
explain-time-unbounded = كانت ساعة الجهاز تشير إلى { $wall }، ولا قياس يبيّن كم تبعد عن الوقت الصحيح.
explain-time-unknown = كانت ساعة الجهاز تشير إلى { $wall }.
explain-time_after = آخر قياس قبله: { $at }، بفارق لا يتجاوز { $bound }، من { $source }.
explain-time_before = أول قياس بعده: { $at }، بفارق لا يتجاوز { $bound }، من { $source }.
explain-time_held = ضُبطت تلك الساعة بواسطة { $source }، قبل ذلك بما لا يزيد على { $passed }.
measured_by-ntp = وقت الشبكة (NTP)
measured_by-ack = رد المركز على الجهاز
measured_by-demo = ساعة العرض التجريبي
measured_by-receipt = المركز عند وصول السجل
measured_by-unknown = { $code }
explain-manual = أدخله يدويًا { $entered } وأكده { $confirmed }: { $reason } ({ $source })
explain-named-assigned = لم يحدد الجهاز نشاطًا؛ ومن بين الأنشطة الجارية حينها في موقعه كان هذا وحده ينتظر هذا الشخص.
explain-named-only = لم يحدد الجهاز نشاطًا؛ وكان هذا النشاط الوحيد الجاري حينها في موقعه.
explain-named-person = لم يحدد الجهاز نشاطًا؛ وأفاد { $by } بأنه هذا النشاط: { $reason }
explain-named-none = معلّق: لم يحدد الجهاز نشاطًا، ولم يكن أي نشاط جاريًا حينها في موقعه.
explain-named-several = معلّق: لم يحدد الجهاز نشاطًا، وكانت عدة أنشطة جارية حينها في موقعه، وعلى أحد المسؤولين أن يحدد أيها.
explain-named-unknown = { $code }
explain-stay_credited = قال { $by } إن الدخول عند { $came } والخروج عند { $left } حضور واحد: { $reason }
explain-long_stay = ربما حضور واحد: دخول عند { $came }، والقراءة التالية خروج عند { $left } بعد { $duration }. إن كان كذلك فاحتسبه بقرار واحد: {"\u2066`muster review credit-stay "}{ $entry }{" --reason …`\u2069"}.
explain-cap_lifted = رفع { $by } الحد اليومي ليوم { $date }: { $reason }
explain-uncounted = سجلات لم تُحتسب:
explain-result = وفق الإصدار { $version } من القواعد يبلغ هذا السطر { $duration }، ويُعرض { $hours } ساعة.
explain-ledger = الدفتر، حالة هذا السطر: { $state }
explain-original = القيد { $number }: { $seconds }، سُجِّل { $at } وفق الإصدار { $version } من القواعد، { $state }
explain-adjustment = التعديل { $number }: { $seconds }، سُجِّل { $at } وفق الإصدار { $version } من القواعد، { $state }
explain-decided = قرره { $by } في { $at }.
explain-note = ملاحظة: { $note }
explain-corrected = صحّح { $by } { $what } في { $at }: من { $before } إلى { $after }.
explain-stay_then = الحضور كما كان حينها: من { $came } إلى { $left }، { $seconds }.
corrected-assigned_only = اقتصار الحضور على القائمة
corrected-breaks = الاستراحات
corrected-kind = نوع النشاط
corrected-phases = مراحل النشاط
corrected-policy = قواعد النشاط الخاصة
corrected-post = المكان في القائمة
corrected-shifts = الورديات
corrected-site = الموقع
corrected-unknown = { $code }
explain-override = اتُّخذ القرار قبل وصول جميع الأدلة: { $reason }
explain-reopened = سحب { $by } رفضه في { $at }: { $reason }
explain-merged = دمج { $by } الرقم { $gone } في { $kept } في { $at }: { $reason }
explain-merge_taken_back = سحب { $by } دمج { $gone } في { $kept } في { $at }: { $reason }
explain-rejected_before = رفض { $by } نتيجة سابقة لهذا السطر: { $why }
explain-refused = وهو يعيد مما رُفض حينها: { $seconds }.
explain-new_since = الجديد بعد ذلك الرفض: { $seconds }.
explain-new_stay = فترة لم تكن موجودة حينها: من { $came } إلى { $left }.
explain-instead_of = يُحتسب بدلًا من { $events }.
explain-also_used = استُعمل الرمز نفسه أو اللمسة نفسها في { $events } أيضًا.
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

## صفحة كل ما يُحفظ عن شخص

kept_title = كل ما يُحفظ عن المتطوع { $number }
kept_at = كما كان في { $at } ({ $zone }). الأوقات بهذه المنطقة الزمنية.
kept_nothing = لا يُحفظ شيء من: { $what }.
kept_yes = نعم
kept_no = لا
kept-person = الشخص
kept-memberships = المنظمات
kept-credentials = البطاقات والهواتف (بصماتها المشفّرة)
kept-codes = رموز تُستعمل مرة واحدة
kept-access = سحب حق التسجيل أو إعادته
kept-assignments = متوقَّع حضوره في
kept-events = ما سجلته الأجهزة
kept-uncertain_events = أنشطة وُجدت لتسجيلات بلا نشاط
kept-named_activities = أنشطة سمّاها الموظفون
kept-manual_records = أوقات كُتبت باليد
kept-replacements = ما تُحسب تلك الأوقات بدلًا منه
kept-objections = الاعتراضات
kept-stays = فترات الحضور كما تُحسب الآن
kept-uncounted = تسجيلات لا تُحسب في أي فترة
kept-lines = الساعات كما تُحسب الآن
kept-hours = الساعات التي تقرر فيها
kept-credited_stays = حضور أطول من المسموح واحتُسب
kept-lifted_caps = أيام يُحسب فيها أكثر من الحد اليومي
kept-settled = آخر تسوية
kept-unsettled = أدلة جديدة لم تُسوَّ بعد
kept-ratings = التقييمات
kept-rating_links = طلبات التقييم
kept-gifts = هدايا مقابل النقاط
kept-stars = نجوم قيد المراجعة
kept-certificates = الشهادات
kept-certificate_requests = طلبات الشهادات
kept-transfers = الانتقال بين المنظمات
kept-inspections = الجولات التفتيشية
kept-walk_ins = حضر دون أن تضمه قائمة
kept-accounts = الحسابات
kept-staff = موظفو الأجهزة
kept-audit = من غيّر أو قرأ، بحسب ما جرى
kept-merges = الأرقام المدموجة
kept-unknown = { $code }
kept_column-number = الرقم
kept_column-name = الاسم
kept_column-language = اللغة
kept_column-suspended = موقوف
kept_column-may_be_named = يجوز ذكر اسمه
kept_column-erased_ms = وقت الحذف
kept_column-organisation = المنظمة
kept_column-joined_ms = وقت الانضمام
kept_column-left_ms = وقت المغادرة
kept_column-method = النوع
kept_column-reference = المعرّف
kept_column-expires_ms = ينتهي
kept_column-revoked_ms = مسحوب منذ
kept_column-site = الموقع
kept_column-telephone_hash = الهاتف (بصمة مشفّرة)
kept_column-issued_ms = وقت الإصدار
kept_column-change = التغيير
kept_column-from_ms = منذ
kept_column-reason = السبب
kept_column-by = بواسطة
kept_column-at_ms = الوقت
kept_column-activity = النشاط
kept_column-post = المهمة
kept_column-terminal = الجهاز
kept_column-epoch = السجل
kept_column-seq = الموضع في السجل
kept_column-kind = النوع
kept_column-wall_ms = ساعة الجهاز
kept_column-received_ms = وقت الوصول
kept_column-review_reason = سبب الفحص
kept_column-raw = كما سُجّل
kept_column-way = كيف وُجد
kept_column-direction = الاتجاه
kept_column-reason_code = السبب (رمز)
kept_column-entered_by = أدخله
kept_column-entered_ms = وقت الإدخال
kept_column-confirmed = مؤكَّد
kept_column-decided_by = قرره
kept_column-note = ملاحظة
kept_column-decided_ms = وقت القرار
kept_column-day = اليوم
kept_column-objection = الاعتراض
kept_column-raised_by = رفعه
kept_column-raised_ms = وقت رفعه
kept_column-override = سبب القرار مع نقص الأدلة
kept_column-outcome = النتيجة
kept_column-answer = الجواب
kept_column-came = الحضور
kept_column-left = الانصراف
kept_column-t_s = المحسوب
kept_column-flags = الملاحظات
kept_column-at = الوقت
kept_column-rev = المراجعة
kept_column-delta_s = تغيّر الوقت
kept_column-state = الحالة
kept_column-reopened_by = أعاد فتحه
kept_column-reopened_ms = وقت إعادة الفتح
kept_column-reopened_reason = سبب إعادة الفتح
kept_column-total_s = المجموع
kept_column-settled_ms = وقت التسوية
kept_column-since_ms = منذ
kept_column-role = الدور
kept_column-effect_pm = الأثر (‰)
kept_column-tier = الهدية
kept_column-applied_ms = وقت الطلب
kept_column-fulfilled_by = سلّمها
kept_column-fulfilled_ms = وقت التسليم
kept_column-stars_before = النجوم قبل
kept_column-stars_after = النجوم بعد
kept_column-approved_s = المعتمد
kept_column-withdrawn = مسحوبة
kept_column-content = ما تذكره
kept_column-issued_by = أصدرها
kept_column-stale_ms = قديمة منذ
kept_column-to = إلى
kept_column-letter = الرسالة
kept_column-requested_by = طلبه
kept_column-requested_ms = وقت الطلب
kept_column-released_by = أفرج عنه
kept_column-released_ms = وقت الإفراج
kept_column-ended_by = أنهاه
kept_column-ended_ms = وقت الانتهاء
kept_column-seen = شوهد
kept_column-remark = ملاحظة
kept_column-login = اسم الدخول
kept_column-level = المستوى
kept_column-roles = الأدوار
kept_column-created_ms = وقت الإنشاء
kept_column-removed_ms = وقت الإزالة
kept_column-action = ما جرى
kept_column-fields = الحقول
kept_column-before = قبل
kept_column-after = بعد
kept_column-record = السجل
kept_column-other_record = السجل الآخر
kept_column-from = من
kept_column-kept = الرقم الباقي
kept_column-gone = الرقم المدموج
kept_column-taken_back_by = أبطل الدمج
kept_column-taken_back_ms = وقت إبطال الدمج
kept_column-taken_back_reason = سبب إبطال الدمج
kept_column-unknown = { $code }
kept_value-in = حضر
kept_value-matched = طوبق
kept_value-registered = سُجّل
kept_value-out = انصرف
kept_value-original = القرار الأول
kept_value-adjustment = تعديل
kept_value-approved = معتمد
kept_value-rejected = مرفوض
kept_value-superseded = حلّ محله حساب أحدث
kept_value-applied = طُلبت
kept_value-fulfilled = سُلّمت
kept_value-requested = طُلب
kept_value-granted = مقبول
kept_value-refused = لم يُقبل
kept_value-released = أُفرج عنه
kept_value-accepted = قُبل
kept_value-withdrawn = سُحب
kept_value-upheld = مقبول
kept_value-partly_upheld = مقبول جزئيًا
kept_value-revoke = سُحب
kept_value-restore = أُعيد
kept_value-suspend = أُوقف
kept_value-resume = سُمح له مجددًا
kept_value-self = الشخص نفسه
kept_value-peer = متطوع آخر
kept_value-leader = القائد
kept_value-recipient = المستفيد
kept_value-enter = إدخال
kept_value-correct = تصحيح
kept_value-remove = إزالة
kept_value-look = اطّلاع
kept_value-export = تصدير
kept_value-erase = حذف
kept_value-check_in = تسجيل حضور
kept_value-check_out = تسجيل انصراف
kept_value-toggle = حضور أو انصراف
kept_value-manual = أدخله الموظفون
kept_value-claim = قاله المتطوع
kept_value-correction = تراجع
kept_value-account = حساب
kept_value-organisation = جهة
kept_value-site = موقع
kept_value-activity = نشاط
kept_value-volunteer = الشخص
kept_value-membership = انتساب
kept_value-assignment = تكليف
kept_value-credential = بطاقة أو شارة أو هاتف
kept_value-staff = موظف
kept_value-terminal = جهاز
kept_value-settings = إعدادات
kept_value-record = سجل الخدمة
kept_value-transfer = انتقال
kept_value-retention = انتهاء الحفظ
kept_value-webhook = إشعار آلي
kept_value-rating = تقييم برابط
kept_value-supervisor = مشرف
kept_value-inspector = مفتش
kept_value-reviewer = مراجع
kept_value-liaison = منسق
kept_value-assigned = مكلَّف به
kept_value-only = الوحيد في الموقع
kept_value-person = ذكره شخص
kept_value-none = لا نشاط في الموقع
kept_value-several = عدة أنشطة في الموقع
kept_value-unknown = { $code }

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
completeness-purged = حذف الجهاز { $terminal } الأحداث { $numbers }: يلزم الأرشيف (`muster centre restore-check`)
completeness-one = الجهاز { $terminal } ينقصه السجل { $number }
completeness-silent = الجهاز { $terminal } صامت منذ { $at }
completeness-doubted = سجلان يتحدثان باسم الجهاز { $terminal }: التنبيه { $number } مفتوح
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

## تعداد داخل جملة

list-between = {"، "}

## ما الخلل وما العمل؛ ينتهي المعرّف برمز الخلل في البرنامج

error-unknown = حدث خلل: { $code }.
    .remedy = حدِّث هذا البرنامج، فهو أقدم من البرنامج الذي أبلغ عن الخلل.

## ملفات الإعدادات

error-settings_missing = ملف الإعدادات { $path } غير موجود.
    .remedy = انسخ { $shipped } إلى هناك وعدّله، أو حدّد ملفًا آخر بالخيار {"\u2066--config\u2069"}.
error-settings_forbidden = لا يجوز لهذا الحساب قراءة الإعدادات { $path }.
    .remedy = شغّل الأمر بحساب root.
error-file_not_encoded = في { $path }، السطر { $line }: البايت { $byte } ليس بترميز { $encoding }.
    .remedy = احفظ الملف بترميز {"\u2066UTF-8\u2069"}: تسأل المحررات عن الترميز عند «حفظ باسم». لا تُقرأ هنا ترميزات {"\u2066GB18030\u2069"} و{"\u2066Big5\u2069"} وترميزات {"\u2066Windows (ANSI)\u2069"}.
error-file_other_sign = في { $path }، السطر { $line }، العمود { $column }: العلامة {"\u2066"}{ $sign }{"\u2069"} في موضع يجب أن تكون فيه {"\u2066"}{ $wanted }{"\u2069"}.
    .remedy = اكتب {"\u2066"}{ $wanted }{"\u2069"} هناك بمحرر نصوص عادي: تضع معالجات النصوص وطرق الإدخال علامات أخرى.
error-file_hidden_sign = في { $path }، السطر { $line }، العمود { $column }: العلامة {"\u2066"}{ $sign }{"\u2069"} لا تُرى ولا يجوز أن تكون هناك.
    .remedy = احذفها، أو اكتب السطر كله من جديد.
error-file_not_readable = تعذّرت قراءة الملف { $path }: { $why }.
    .remedy = صحّح الملف.
error-setting_unknown = في الملف { $path }، المفتاح «{ $key }»: لا يوجد إعداد بهذا الاسم.
    .remedy = صحّح المفتاح، وشرحه في الملف المرفق مع البرنامج.
error-setting_wrong = في الملف { $path }، المفتاح «{ $key }»: { $why }.
    .remedy = صحّح المفتاح، وشرحه في الملف المرفق مع البرنامج.
error-settings_wrong = في الملف { $path } خطأ: { $why }.
    .remedy = صحّح المفتاح، وشرحه في الملف المرفق مع البرنامج.
error-in_file = في { $path }: { $why }
    .remedy = { $why_remedy }
error-shared_clock_unopened = تعذّر فتح الساعة المشتركة { $path } ({ $why }).
    .remedy = شغّلها بالأمر {"\u2066`muster demo`\u2069"}.

## الأجهزة وقارئاتها

error-driver_failed = تعطّل برنامج تشغيل الجهاز فجأة ({ $error } في { $place }).
    .remedy = يعود إلى العمل تلقائيًا. أبلغ المطوّرين بذلك.
error-library_missing = مكتبة برمجية لأجهزة من النوع { $kind } مفقودة أو تالفة: { $why }.
    .remedy = ثبّت Muster مع مكتباته: {"\u2066`muster[kiosk]`\u2069"}.
error-library_of_packages_missing = مكتبة برمجية لأجهزة من النوع { $kind } مفقودة أو تالفة: { $why }.
    .remedy = نفّذ {"\u2066`apt-get install"} { $packages }{"`\u2069"}، وثبّت Muster مع مكتباته: {"\u2066`muster[kiosk]`\u2069"}.
error-not_opened_in_time = لم يُفتح الجهاز في الوقت المناسب.
    .remedy = افحص الكابل ومصدر الطاقة.
error-port_forbidden = تعذّر فتح المنفذ { $port } ({ $why }).
    .remedy = أضِف مستخدم الخدمة إلى المجموعة المالكة للمنفذ (dialout).
error-port_in_use = تعذّر فتح المنفذ { $port } ({ $why }).
    .remedy = يستخدم برنامج آخر هذا المنفذ، فأوقفه (من المعروف أن ModemManager وbrltty يستوليان على المنافذ).
error-port_lost = انقطع الاتصال بالمنفذ { $port } ({ $why }).
    .remedy = افحص الكابل ومصدر الطاقة؛ يُفتح المنفذ من جديد حال عودته.
error-port_missing = تعذّر فتح المنفذ { $port } ({ $why }).
    .remedy = صِل الجهاز، أو اكتب في الإعدادات اسم منفذه الموجود في {"\u2066/dev/serial/by-id\u2069"}.
error-port_not_open = المنفذ { $port } غير مفتوح.
    .remedy = افتحه أولًا.
error-port_not_opened = تعذّر فتح المنفذ { $port } ({ $why }).
    .remedy = افحص الكابل ومصدر الطاقة؛ يُفتح المنفذ من جديد حال عودته.
error-port_not_serial = تعذّر فتح المنفذ { $port } ({ $why }).
    .remedy = اكتب اسم منفذ تسلسلي؛ فهذا الملف شيء آخر.
error-port_speed = تعذّر فتح المنفذ { $port } ({ $why }).
    .remedy = اختر سرعة يدعمها المنفذ.
error-camera_dark = لا ترى الكاميرا { $camera } سوى السواد: الغرفة مظلمة أو العدسة مغطاة.
    .remedy = لا يوجد عطل. يُرجى إضاءة المكان أو كشف العدسة قبل حضور الناس.
error-camera_frozen = تعرض الكاميرا { $camera } صورة واحدة لا تتغير.
    .remedy = افصل الكاميرا ثم أعد وصلها، وستُفتح من جديد تلقائيًا.
error-camera_gone = لم تعد الكاميرا ترسل صورًا.
    .remedy = افحص الكابل ومصدر الطاقة والشبكة.
error-camera_not_opened = تعذّر فتح الكاميرا { $path }.
    .remedy = تأكد من أنها موصولة ولا يستخدمها برنامج آخر، وأن مستخدم البرنامج في المجموعة video. وإن لم تكن هناك كاميرا فاحذف {"\u2066[[camera]]\u2069"} من {"\u2066kiosk.toml\u2069"}.
error-camera_silent = لا تستجيب الكاميرا ذات العنوان { $address }.
    .remedy = افحص مصدر طاقتها وشبكتها والعنوان.
error-camera_stalled = لا ترسل الكاميرا { $camera } أي صورة.
    .remedy = افحص الكابل ومصدر الطاقة والشبكة، وستُفتح من جديد تلقائيًا.
error-film_empty = لا يحتوي ملف الفيديو { $path } على أي صورة.
    .remedy = حدّد ملفًا آخر.
error-film_missing = ملف الفيديو { $path } غير موجود.
    .remedy = صحّح قيمة {"\u2066`source`\u2069"} في إعدادات الكاميرا.
error-film_not_readable = لا يمكن قراءة { $path } على أنه فيديو.
    .remedy = حوّله إلى Motion JPEG {"\u2066(.avi)\u2069"}.
error-photograph_missing = الصورة { $path } مفقودة أو ليست صورة.
    .remedy = ضعها هناك، أو احذف السطر { $line } من القائمة.
error-photographs_line_wrong = تعذّر فهم السطر { $line } من { $path } ({ $why }).
    .remedy = اكتب الملف والفئة وقائمة نصوص بصيغة JSON، مثل: {"\u2066a.jpg,close,\"[\"\"TEXT\"\"]\"\u2069"}.
error-photographs_none = لا يذكر { $path } أي صورة.
    .remedy = أضف سطرًا لكل صورة.
error-photographs_not_listed = تعذّرت قراءة قائمة الصور { $path } ({ $why }).
    .remedy = حدّد مجلدًا فيه manifest.csv وأعمدته file وcategory وexpected.
error-pictures_missing = لا يحتوي المجلد { $path } على أي صورة.
    .remedy = ضع فيه ملفات {"\u2066.jpg\u2069"} أو {"\u2066.png\u2069"}.
error-recording_ended = انتهى التسجيل { $path }.
    .remedy = لتشغيله باستمرار اضبط {"\u2066`loop`\u2069"}.
error-zbar_missing = المكتبة zbar مفقودة.
    .remedy = ثبّت حزمة دبيان libzbar0.
error-card_reader_gone = انقطع الاتصال بقارئ البطاقات ({ $why }).
    .remedy = صِله؛ فإن كان موصولًا فامنع وحدة النواة pn533_usb من الاستيلاء عليه.
error-card_reader_missing = لا يوجد قارئ بطاقات موصول.
    .remedy = صِله؛ فإن كان موصولًا فامنع وحدة النواة pn533_usb من الاستيلاء عليه.
error-card_reader_named_missing = قارئ البطاقات «{ $reader }» غير موصول.
    .remedy = صِله؛ فإن كان موصولًا فامنع وحدة النواة pn533_usb من الاستيلاء عليه.
error-card_service_forbidden = لا تسمح خدمة البطاقات الذكية لهذا الحساب ({ $why }).
    .remedy = منذ Debian 13 يقرر polkit: يجب أن تسمح قاعدة في {"\u2066/etc/polkit-1/rules.d\u2069"} للحساب {"\u2066muster-kiosk\u2069"} بالإجراءين {"\u2066org.debian.pcsc-lite.access_pcsc\u2069"} و{"\u2066org.debian.pcsc-lite.access_card\u2069"}. راجع {"\u2066`journalctl -u pcscd`\u2069"}.
error-card_service_missing = تعذّرت قراءة البطاقات اللاسلكية: { $why }.
    .remedy = ثبّت pcscd: {"\u2066apt-get install pcscd libccid\u2069"}.
error-card_service_silent = لا تستجيب خدمة البطاقات الذكية ({ $why }).
    .remedy = شغّل pcscd {"\u2066(systemctl start pcscd.socket)\u2069"} وتأكد من أن لمستخدم الخدمة حق استخدامها.
error-id_module_failed = فشلت وحدة الأمان في اختبارها الذاتي.
    .remedy = أعد تشغيل القارئ، فإن لم ينفع ذلك فأرسله للإصلاح.
error-id_module_not_authorised = وحدة الأمان غير مصرّح لها.
    .remedy = أعد تشغيل القارئ، فإن لم ينفع ذلك فأرسله للإصلاح.
error-id_reader_other = لا يستجيب القارئ { $reader } كما يستجيب قارئ بطاقات الهوية.
    .remedy = افحص مصدر طاقته، والمنفذ والسرعة في الإعدادات.
error-id_reader_silent = توقف القارئ { $reader } عن الاستجابة.
    .remedy = أطفئه ثم شغّله، وافحص الكابل.
error-keyboard_forbidden = تعذّر فتح لوحة المفاتيح { $path } ({ $why }).
    .remedy = أضِف مستخدم الخدمة إلى المجموعة المالكة لها (input).
error-keyboard_in_use = تعذّر فتح لوحة المفاتيح { $path } ({ $why }).
    .remedy = استولى عليها برنامج آخر، فأوقفه.
error-keyboard_lost = انقطع الاتصال بلوحة المفاتيح { $path } ({ $why }).
    .remedy = افحص الكابل؛ تُفتح من جديد حال عودتها.
error-keyboard_missing = تعذّر فتح لوحة المفاتيح { $path } ({ $why }).
    .remedy = صِلها، أو اكتب في الإعدادات مسارها الموجود في {"\u2066/dev/input/by-id\u2069"}.
error-keyboard_no_input = تعذّر فتح لوحة المفاتيح { $path } ({ $why }).
    .remedy = اكتب اسم جهاز إدخال؛ فهذا الملف شيء آخر.
error-keyboard_not_opened = تعذّر فتح لوحة المفاتيح { $path } ({ $why }).
    .remedy = افحص الكابل؛ تُفتح من جديد حال عودتها.
error-keyboard_other = لوحة المفاتيح { $path } هي { $found } وليست { $known }.
    .remedy = صِل اللوحة المعروفة، أو اكتب في الإعدادات رقمي هذه اللوحة.
error-modem_failed = تكرر تعطّل المودم.
    .remedy = أُعيد تشغيله؛ فإن استمر ذلك فافحص الهوائي وشريحة SIM ومصدر الطاقة.
error-modem_lists_nothing = تعذّر على المودم سرد رسائله ({ $why }).
    .remedy = افحص شريحة SIM؛ يُعاد إعداد المودم تلقائيًا.
error-modem_no_answer = لم يُجب المودم عن { $command } في الوقت المناسب.
    .remedy = يُفتح من جديد تلقائيًا؛ افحص مصدر طاقته.
error-modem_no_network = فقد المودم شبكته.
    .remedy = أُعيد تشغيله؛ فإن استمر ذلك فافحص الهوائي وشريحة SIM ومصدر الطاقة.
error-modem_refused = رفض المودم { $command } ({ $why }).
    .remedy = استخدم مودمًا يقبل الرسائل بصيغة PDU.
error-modem_silent = المودم لا يستجيب.
    .remedy = افحص مصدر طاقته والمنفذ والسرعة.
error-recipient_no_number = المرسَل إليه ليس رقم هاتف.
    .remedy = صحّح الرقم في القائمة.
error-sim_not_ready = لا يمكن استخدام شريحة SIM في المودم، فهي غير جاهزة.
    .remedy = تأكد من أنها في مكانها ومفعّلة.
error-sim_not_usable = لا يمكن استخدام شريحة SIM في المودم ({ $why }).
    .remedy = تأكد من أنها في مكانها ومفعّلة.
error-sim_pin = تطلب شريحة SIM في المودم رمز PIN.
    .remedy = ألغِ رمز PIN باستخدام هاتف.
error-text_not_readable = تعذّرت قراءة رسالة نصية: { $why }.
    .remedy = اطلب من المرسل رسالة نصية عادية.
error-text_too_long = يحتاج النص إلى أكثر من { $most } من الرسائل.
    .remedy = اختصره.
error-clip_not_written = تعذّرت كتابة المقطع { $path }.
    .remedy = حدّد ملفًا ينتهي بـ {"\u2066.avi\u2069"} في مجلد يمكنك الكتابة فيه.
error-clip_other = ليس { $path } مقطعًا لعروض البطاقات.
    .remedy = أنشئه باستخدام {"\u2066`write_clip`\u2069"}.
error-stand_ins_missing = لا توجد أجهزة محاكاة عند { $path }: { $why }.
    .remedy = شغّل برنامج الجهاز بالخيار {"\u2066--twins\u2069"}.
error-file_not_read = تعذّرت قراءة الملف { $path }: { $why }.
    .remedy = تأكد من اسمه ومن القرص.
error-file_not_written = تعذّرت كتابة الملف { $path }: { $why }.
    .remedy = حدّد ملفًا آخر في مجلد موجود، على قرص فيه مساحة كافية.

## الاتفاق بين الطرفين: الرسائل والمفاتيح والقوائم والبطاقات

error-badge_day = لا يمكن إصدار بطاقة صالحة حتى { $day }.
    .remedy = استخدم يومًا أخيرًا بعد { $first } ولا يتجاوز { $last }، أو لا تحدد يومًا.
error-badge_number = لا يمكن إصدار بطاقة للمتطوع { $volunteer } بالتسلسل { $serial }.
    .remedy = استخدم رقم متطوع من 1 إلى { $most } وتسلسلًا أقل من 65536.
error-batch_miscounted = دفعة فيها { $events } من الأحداث تدّعي { $claimed } من { $first } إلى { $last }.
    .remedy = يجب أن يرسلها الجهاز مرة أخرى.
error-batch_not_chained = لا تؤدي الأحداث من { $first } إلى { $last } إلى البصمة التي تذكرها الدفعة.
    .remedy = افحص سجل الجهاز بالأمر {"\u2066`muster log verify`\u2069"}.
error-batch_not_inflated = تعذّر فك ضغط دفعة: { $why }.
    .remedy = يجب أن يرسلها الجهاز مرة أخرى.
error-batch_too_large = تتجاوز دفعة بعد فك ضغطها { $most } بايت.
    .remedy = يجب أن يرسل الجهاز أحداثًا أقل في كل مرة.
error-event_not_understood = تعذّر فهم حدث: { $why }.
    .remedy = راجعه يدويًا.
error-event_too_large = حدث حجمه { $bytes } بايت يتجاوز { $most }.
    .remedy = اختصر سببه.
error-event_without_place = حدث بلا موضع: { $why }.
    .remedy = راجعه يدويًا.
error-file_not_whole = الملف { $path } غير كامل: أمكنت قراءة { $number } من الرسائل.
    .remedy = انسخه مرة أخرى، أو صدّره من جديد على الجهاز؛ ولا ضرر من الاستيراد مرتين.
error-header_not_understood = تعذّر فهم رسالة موقّعة من نوع { $kind }: { $why }.
    .remedy = حدّث هذا الطرف.
error-message_too_large = رسالة حجمها { $bytes } بايت تتجاوز { $most }.
    .remedy = يجب أن يرسل الجهاز أحداثًا أقل في كل مرة.
error-no_envelope = رسالة ليست مظروفًا من Muster: { $why }.
    .remedy = انظر الرسائل المحجوزة.
error-not_signed = رسالة من نوع { $kind } ليست موقّعة بالمفتاح { $key }.
    .remedy = تحقق من الجهاز الذي أرسلها، وأعد تسجيله إن استُبدل مفتاحه.
error-other_version = رسالة بالإصدار { $version } من الاتفاق، وهذا الطرف بالإصدار { $own }.
    .remedy = حدّث الطرف الأقدم.
error-told_other_realm = رسالة من نوع { $kind } من بيئة { $meant }، وهذا الجهاز في بيئة { $realm }.
    .remedy = صِل الجهاز بمركز من بيئته.
error-told_other_terminal = رسالة من نوع { $kind } موجّهة إلى الجهاز { $meant }، وهذا هو { $terminal }.
    .remedy = افحص قائمة صلاحيات خادم الرسائل.
error-key_not_read = تعذّرت قراءة مفتاح التوقيع { $path }: { $why }.
    .remedy = تأكد من المسار ومن أن لهذا الحساب حق قراءته.
error-key_not_written = تعذّرت كتابة مفتاح التوقيع { $path }: { $why }.
    .remedy = حدّد ملفًا آخر، فلا يُستبدل مفتاح قد يكون مستخدمًا.
error-key_other = المفتاح { $path } ليس من نوع Ed25519.
    .remedy = أعد تسجيل الجهاز.
error-pseudonym_key_length = مفتاح الأسماء المستعارة { $path } طوله { $bytes } بايت.
    .remedy = يجب أن يكون { $digits } رقمًا ستعشريًا ({ $wanted } بايت).
error-pseudonym_key_not_read = تعذّرت قراءة مفتاح الأسماء المستعارة { $path }: { $why }.
    .remedy = انسخ ملف الأرقام الستعشرية الـ64 الذي أنشأه المركز لأجهزته.
error-public_key_wrong = يجب أن يتكون المفتاح العام من 64 رقمًا ستعشريًا.
    .remedy = انسخه مرة أخرى.
error-person_not_opened = تعذّر فتح ما كُتب عمّن حضر دون قائمة: المفتاح مختلف أو حُذف.
    .remedy = اسأل موظفي الموقع عمّن كان ثم طابِقه، أو ارفضه مع ذكر هذا السبب.
error-no_pin = هذا ليس رمز PIN.
    .remedy = اختر من { $fewest } إلى { $most } رقمًا كما على لوحة الأرقام.
error-pin_too_simple = رمز PIN هذا من أوائل ما قد يجرّبه أي شخص.
    .remedy = اختر أرقامًا غير متطابقة وغير متتالية.
error-no_setting = «{ $text }» ليس إعدادًا.
    .remedy = اكتبه بالصيغة {"\u2066KEY=VALUE\u2069"}، مثل {"\u2066debounce_s=30\u2069"}.
error-roster_not_trusted = لا يمكن الوثوق بالقائمة: { $why }
    .remedy = احصل عليها من المركز مرة أخرى.
error-roster_not_whole = تعذّر تجميع الإصدار { $version } من القائمة: { $why }.
    .remedy = يرسلها المركز من جديد عند التحية التالية.
error-roster_other_realm = القائمة لبيئة { $meant }، وهذا الجهاز في بيئة { $realm }.
    .remedy = لا تختلط بيانات العرض التجريبي بالبيانات الحقيقية: احصل على القائمة الصحيحة.
error-roster_other_terminal = القائمة موجّهة إلى الجهاز { $meant }، وهذا هو { $terminal }.
    .remedy = احصل على قائمة هذا الجهاز.

## سجل الجهاز

error-log_chain_broken = تنقطع سلسلة الحقبة { $epoch } عند الحدث { $number }.
    .remedy = احتفظ بالملف فهو يبيّن ما غُيِّر، وأرسله إلى المركز.
error-log_damaged = السجل { $path } تالف: { $why }.
    .remedy = احتفظ بالملف وابدأ بسجل جديد، وأرسل القديم إلى المركز.
error-log_disk_full = لم يُسجَّل: القرص الذي عليه السجل { $path } ممتلئ.
    .remedy = أفرغ بعض المساحة؛ وما قُبل من قبل محفوظ بأمان.
error-log_end_broken = السجل { $path } تالف: تنقطع سلسلة الحقبة { $epoch } عند الحدث { $number }.
    .remedy = احتفظ بالملف وابدأ بسجل جديد، وأرسل القديم إلى المركز.
error-log_held = يكتب برنامج جهاز آخر في السجل { $path }.
    .remedy = أوقفه أولًا بالأمر {"\u2066`systemctl stop muster-kiosk`\u2069"}، أو خصّص لهذا البرنامج سجلًا آخر.
error-log_missing = لا يوجد سجل مقروء في { $path } ({ $why }).
    .remedy = شغّل برنامج الجهاز أولًا {"\u2066(`muster engine`)\u2069"}، فهو ينشئ السجل.
error-log_newer = كُتب السجل { $path } بإصدار أحدث من Muster (البنية { $version }).
    .remedy = حدّث هذا الجهاز.
error-log_not_opened = تعذّر فتح السجل { $path }: { $why }.
    .remedy = تأكد من وجود المجلد ومن أن لهذا الحساب حق الكتابة فيه.
error-log_not_salvaged = تعذّر إنقاذ السجل الممزق { $path }: { $why }.
    .remedy = أفرغ بعض المساحة أو افحص القرص؛ والملف الممزق في مكانه.
error-log_not_written = لم يُسجَّل: تعذّرت الكتابة في السجل { $path } ({ $why }).
    .remedy = افحص القرص وصلاحياته؛ وما قُبل من قبل محفوظ بأمان.
error-log_other_terminal = السجل { $path } يخص الجهاز { $other }، وهذا هو { $terminal }.
    .remedy = أدخل بطاقة الذاكرة الصحيحة، أو صحّح {"\u2066`terminal`\u2069"} في الإعدادات.
error-log_torn = تمزّق السجل. حُفظ من الأحداث { $number }؛ والمفقود: { $missing }. انظر { $file }.
    .remedy = احتفظ بهذا الملف واتصل بالمركز.
error-log_torn_in_use = السجل { $path } تالف: وُجدت فيه صفحة ممزقة أثناء استخدامه.
    .remedy = احتفظ بالملف وابدأ بسجل جديد، وأرسل القديم إلى المركز.
error-log_wal_torn = تمزّق سجل الكتابة المسبقة للملف { $path }.
    .remedy = احتفظ بالملف واتصل بالمركز.
lost-nothing = لا شيء
lost-everything = كل شيء
lost-one = { $epoch } الحدث { $first }
lost-span = { $epoch } الأحداث من { $first } إلى { $last }
lost-and_later = { $epoch } الحدث { $first } وما بعده
lost-unknown = { $code }

## الخط إلى المركز

error-broker_away = انقطع الاتصال بخادم الرسائل { $broker }.
    .remedy = تُحفظ التسجيلات هنا.
error-broker_hung_up = قطع خادم الرسائل { $broker } الاتصال: قد لا يقبل شهادة هذا الجهاز. تُحفظ عمليات التسجيل هنا.
    .remedy = اتصل بالمركز إذا استمر ذلك.
error-certificate_ended = قطع خادم الرسائل { $broker } الاتصال: انتهت صلاحية شهادة هذا الجهاز. تُحفظ عمليات التسجيل هنا.
    .remedy = سجّل هذا الجهاز من جديد بالأمر {"\u2066`muster enrol`\u2069"}.
error-certificate_not_renewed = تنتهي شهادة هذا الجهاز بعد { $days } يومًا ولم تُجدَّد: { $why }.
    .remedy = تُعاد المحاولة تلقائيًا؛ اتصل بالمركز إذا استمر ذلك.
error-broker_refuses = يرفض خادم الرسائل { $broker } هذا الجهاز ({ $why }).
    .remedy = تُحفظ التسجيلات هنا؛ افحص شهادته، وتأكد من أنه مسجَّل.
error-session_taken_over = جهاز آخر يستعمل شهادة { $terminal }، ويستولي على الاتصال من هذا الجهاز مرة بعد مرة.
    .remedy = ابحث عن الجهاز الذي فيه نسخة من قرص هذا الجهاز وأطفئه، ثم أنشئ هنا مفاتيح جديدة: `muster terminal renew { $terminal }` في المركز و `muster enrol TOKEN --again` هنا.
error-broker_unreachable = تعذّر الوصول إلى خادم الرسائل { $broker } ({ $why }).
    .remedy = تُحفظ التسجيلات هنا؛ افحص الشبكة والقسم {"\u2066[broker]\u2069"} في الإعدادات.
error-centre_holds_others = لدى المركز في الحقبة { $epochs } أحداث غير التي في هذا السجل.
    .remedy = اتصل بالمركز.
error-certificates_not_usable = لا يمكن استخدام شهادات خادم الرسائل: { $why }.
    .remedy = افحص ca_file وcertificate_file وkey_file في القسم {"\u2066[broker]\u2069"}.
error-export_changed = الملف { $path } ليس ما كُتب: وحدة التخزين لا يُعتمد عليها.
    .remedy = خذ وحدة تخزين أخرى واكتب السجل عليها من جديد.
error-export_not_read_back = تعذّرت قراءة الملف { $path } بعد كتابته: { $why }
    .remedy = خذ وحدة تخزين أخرى واكتب السجل عليها من جديد.
error-events_refused = يرفض المركز الأحداث من { $first } إلى { $last }: { $reason }
    .remedy = { $reason_remedy }
error-log_doubted = تحدث سجلان باسم هذا الجهاز: نُسخت بطاقته، أو أُعيدت نسخة أقدم منها.
    .remedy = تُحفظ عمليات التسجيل وتُرسل. اتصل بالمركز: يجب أن ينظر أحد هناك في الأمر.
error-messages_refused = يرفض المركز ما يرسله هذا الجهاز: { $reason }
    .remedy = { $reason_remedy }
error-needs_archive = استُعيد المركز وينقصه { $count } من الأحداث، ابتداءً من الرقم { $first }، وقد حذفها هذا الجهاز.
    .remedy = اتصل بالمركز: يسمّي `muster centre restore-check` هناك ملفات أرشيفه. ولا يتأخر شيء آخر.
error-pauses_contradict = يجب ألا يقل longest_pause_ms عن shortest_pause_ms.
    .remedy = صحّح أحدهما في القسم {"\u2066[broker]\u2069"}.
reject-auth = لا يعرف مفتاح هذا الجهاز.
    .remedy = اطلب تسجيل الجهاز في المركز.
reject-chain = تناقض الأحداث المحفوظة لديه.
    .remedy = احتفظ ببطاقة ذاكرة الجهاز واتصل بالمركز: فقد استُعيدت أو نُسخت.
reject-malformed = تعذّرت عليه قراءتها.
    .remedy = تُرسل من جديد؛ فإن استمر ذلك فاتصل بالمركز.
reject-realm = أحد الطرفين للعرض التجريبي والآخر ليس كذلك.
    .remedy = صِل الجهاز بمركز من بيئته.
reject-size = حجمها كبير.
    .remedy = يُرسل من الآن عدد أقل في كل مرة، ولا حاجة إلى فعل شيء.
reject-version = إصدارا الطرفين مختلفان.
    .remedy = حدّث الطرف الأقدم.
reject-unknown = { $code }.
    .remedy = اتصل بالمركز.

## جهاز التسجيل: الإعدادات والمنفذ المحلي وما يعطيه المركز والملفات

error-device_named_twice = في الملف { $path } جهازان باسم «{ $name }».
    .remedy = أعطِ كل جهاز اسمًا خاصًا به.
error-scanner_changes_case = يغيّر هذا الماسح حالة الأحرف: تُقرأ الشارات مع ذلك، أما الرموز الأخرى فلا.
    .remedy = اجعله يترك الأحرف كما هي بمسح الرمز المناسب من دليله، وتأكد من أن {"\u2066Caps Lock\u2069"} غير مفعّل.
error-scanner_layout = ضُبط هذا الماسح على لوحة مفاتيح غير المذكورة في إعداداته هنا: تُقرأ الشارات مع ذلك، أما الرموز الأخرى فلا.
    .remedy = اضبط له {"\u2066layout = \"\u2069"}{ $layout }{"\u2066\"\u2069"} في {"\u2066kiosk.toml\u2069"}، أو اجعله يكتب كلوحة أمريكية بمسح رمز من دليله.
error-reader_format = يعطي هذا القارئ أرقام الشرائح أو البطاقات بالصيغة { $format }، وإعداداته تقول غير ذلك: لا يُقبل بها أحد.
    .remedy = اضبط له {"\u2066format = \"\u2069"}{ $format }{"\u2066\"\u2069"} و{"\u2066reversed = \u2069"}{ $reversed } في {"\u2066kiosk.toml\u2069"}.
error-reader_reversed = يعكس هذا القارئ ترتيب بايتات الأرقام، أو تقول إعداداته خطأً إنه يعكسها: لا يُقبل بها أحد.
    .remedy = غيّر له {"\u2066reversed\u2069"} في {"\u2066kiosk.toml\u2069"} ({"\u2066uid_order\u2069"} لقارئ البطاقات اللاتلامسية).
error-stand_ins_at_live = طُلبت أجهزة محاكاة، لكن هذا الجهاز حقيقي.
    .remedy = احذف الخيار {"\u2066--twins\u2069"} أو استخدم العرض التجريبي.
error-uplink_not_running = برنامج الإرسال لا يعمل.
    .remedy = تُحفظ التسجيلات هنا؛ راجع {"\u2066`systemctl status muster-uplink`\u2069"}.
error-zone_not_known = في الملف { $path }، المفتاح «zone»: ليست «{ $zone }» منطقة زمنية معروفة هنا.
    .remedy = اكتب اسمًا من قاعدة بيانات IANA للمناطق الزمنية، مثل {"\u2066Asia/Shanghai\u2069"}.
error-client_other_version = يتحدث { $client } بالإصدار { $version } من المنفذ المحلي.
    .remedy = أعد تشغيله، فقد حُدّث أثناء عمله.
error-client_without_hello = تحدّث برنامج قبل أن يرسل تحيته.
    .remedy = أعد تشغيله أو حدّثه.
error-conversation_not_read = تعذّرت قراءة المحادثة المسجلة { $path }: { $why }
    .remedy = سجّلها من جديد من منفذ برنامج الجهاز.
error-conversation_without_snapshot = لا تبدأ المحادثة المسجلة { $path } بصورة كاملة للحالة.
    .remedy = سجّل المحادثة من سطرها الأول.
error-engine_ended = أنهى برنامج الجهاز الاتصال.
    .remedy = يعود الاتصال تلقائيًا عندما يعمل البرنامج من جديد.
error-engine_line_too_long = أرسل برنامج الجهاز سطرًا يزيد على { $most } بايت.
    .remedy = شغّل إصدارًا واحدًا من Muster في الطرفين.
error-engine_missing = لا أحد يجيب عند { $path }.
    .remedy = شغّل برنامج الجهاز: {"\u2066systemctl start muster-kiosk\u2069"}.
error-engine_other_version = يتحدث برنامج الجهاز بالإصدار { $version } من الرسائل المحلية وليس { $own }.
    .remedy = شغّل إصدارًا واحدًا من Muster في الطرفين.
error-engine_silent = برنامج الجهاز عند { $path } صامت.
    .remedy = راجع {"\u2066journalctl -u muster-kiosk\u2069"}.
error-local_line_not_understood = تعذّر فهم سطر على المنفذ المحلي للجهاز: { $why }.
    .remedy = شغّل إصدارًا واحدًا من Muster في الطرفين.
error-socket_failed = فشل الاتصال بـ { $path }: { $why }.
    .remedy = راجع {"\u2066journalctl -u muster-kiosk\u2069"}.
error-socket_forbidden = لا يحق لهذا المستخدم استخدام { $path }.
    .remedy = أضِفه إلى مجموعة المنفذ.
error-socket_not_made = تعذّر إنشاء المنفذ المحلي { $path }: { $why }.
    .remedy = حدّد في {"\u2066`socket`\u2069"} مجلدًا يحق لهذا الحساب الكتابة فيه (107 حروف على الأكثر).
error-ack_other_terminal = تأكيد موجّه إلى { $terminal }.
    .remedy = افحص خادم الرسائل.
error-command_too_late = وصل الأمر { $id } بعد انقضاء مهلته بـ { $ms } مللي ثانية.
    .remedy = يعيده المركز إن كان لا يزال ساريًا.
error-delivered_file_wrong = في الملف { $path } ({ $key }): { $why }
    .remedy = { $why_remedy }
error-delivered_not_deleted = تم تسلّم الملف { $path } ({ $key }) ولم تعد إليه حاجة، لكن برنامج الجهاز لا يستطيع حذفه. { $why }
    .remedy = احذف الملف { $path } بصلاحيات root، وأعد تشغيل برنامج الجهاز، وضع مثل هذه الملفات في مجلد يملكه حساب البرنامج.
error-delivered_not_seen = لا يمكن معرفة هل الملف { $path } ({ $key }) موجود: { $why }.
    .remedy = حدّد هناك مجلدًا يملكه حساب البرنامج.
error-key_lost = { $why }
    .remedy = أحضر المفتاح من جديد إلى { $path } ({ $key }) وأعد تشغيل برنامج الجهاز.
error-key_not_taken = { $why } اسمه في الإعدادات { $key }.
    .remedy = { $why_remedy }
error-kind_not_taken = لا أحد هنا يقبل رسالة من نوع { $kind }.
    .remedy = حدّث هذا الجهاز.
error-roster_file_not_read = تعذّرت قراءة القائمة { $path } ({ $key }): { $why }.
    .remedy = اجعلها ملكًا لحساب البرنامج أو أزِلها: فالمركز يرسل إلى الجهاز قائمته.
error-roster_other_number = القائمة التي وصلت بالإصدار { $version } تسمي نفسها { $called }.
    .remedy = انشرها من جديد في المركز.
error-still_held = لا يزال هذا الجهاز الملغى يحتفظ بما لا ينبغي له: { $left }
    .remedy = احذف الملفات يدويًا أو أتلف بطاقة الذاكرة.
error-disk_full = القرص ممتلئ، وتُحفظ التسجيلات في آخر مساحة احتياطية.
    .remedy = أفرغ بعض المساحة قريبًا.
error-kept_changed = لا يمكن استخدام الملف { $path }: فقد غُيِّر أو كُتب على جهاز آخر.
    .remedy = يعيد المركز إرسال محتواه تلقائيًا.
error-kept_elsewhere = لا يمكن استخدام الملف { $path }: فلم يُكتب على هذا الجهاز.
    .remedy = يعيد المركز إرسال محتواه تلقائيًا.
error-kept_forgotten = لم يُكتب الملف { $path }: فقد أُمر هذا الجهاز بنسيان كل شيء.
    .remedy = سجّله من جديد بمفتاح آخر وأعد تشغيله.
error-kept_not_read = لا يمكن استخدام الملف { $path }: { $why }.
    .remedy = يعيد المركز إرسال محتواه تلقائيًا.
error-kept_not_written = تعذّرت كتابة الملف { $path }: { $why }.
    .remedy = افحص القرص الذي عليه مجلد الحالة، وتأكد من أن لهذا الحساب حق الكتابة فيه.
error-not_deleted = لم يُحذف: { $paths }.
    .remedy = احذفه يدويًا.
error-revocation_not_noted = تعذّرت كتابة الملف { $path }.
    .remedy = أفرغ بعض المساحة.
error-glyph_wrong = في الملف { $path } ليس «{ $line }» شكل حرف.
    .remedy = ثبّت Muster من جديد، فأحد ملفاته تالف.

## ما ينبغي إصلاحه في الجهاز

error-brltty_installed = البرنامج brltty مثبّت: وهو يستولي على محوّلات CH340 التسلسلية (1a86:7523) ظانًّا أنها شاشات برايل.
    .remedy = نفّذ {"\u2066`apt-get purge brltty`\u2069"} ما لم يكن أحد يقرأ هذا الجهاز بطريقة برايل.
error-card_service_off = خدمة البطاقات الذكية pcscd لا تعمل، وفي الإعدادات قارئ لاسلكي.
    .remedy = نفّذ {"\u2066`apt-get install"} { $packages }{"`\u2069"} ثم {"\u2066`systemctl enable --now pcscd.socket`\u2069"}.
error-device_elsewhere = يُفترض أن يكون الجهاز { $device } عند { $path }، وهو غير موجود.
    .remedy = صِله أو صحّح الإعدادات؛ الموجود هنا من نوعه: { $paths }.
error-device_forbidden = لا يحق للمستخدم { $user } استخدام { $path } (المجموعة { $group }).
    .remedy = نفّذ { $command } ثم سجّل الدخول أو شغّل الخدمة من جديد.
error-device_held = يستخدم { $holders } الجهاز { $path }.
    .remedy = أوقفه ما دمت تفحص؛ ويُوقَف برنامج Muster بالأمر {"\u2066`systemctl stop muster-kiosk`\u2069"}.
error-device_not_here = يُفترض أن يكون الجهاز { $device } عند { $path }، وهو غير موجود.
    .remedy = صِله وافحص من جديد: فلا يوجد هنا جهاز من نوعه.
error-device_of_root = لا يحق للمستخدم { $user } استخدام { $path } (المجموعة { $group }).
    .remedy = ثبّت {"\u2066systemd/70-muster.rules\u2069"} فهو يعطي الجهاز مجموعة، ثم أعد وصله.
error-device_renamed = يُفترض أن يكون الجهاز { $device } عند { $path }، وهو غير موجود.
    .remedy = صِله أو صحّح الإعدادات؛ الموجود هنا باسم مشابه: { $paths }.
error-gpio_missing = ليس في هذا الجهاز GPIO، وفي الإعدادات خطوط GPIO ({ $lines }).
    .remedy = احذف القسم {"\u2066[feedback]\u2069"} من الإعدادات هنا: فالشاشة تعرض كل شيء أيضًا.
error-import_name_shared = اسم الاستيراد «{ $name }» الخاص بـ { $owner } تستخدمه أيضًا حزمة أخرى: { $others }.
    .remedy = نفّذ { $remove } وثبّت { $owner } من جديد، أو خصّص لـ Muster بيئة افتراضية.
error-modem_manager_running = البرنامج ModemManager يعمل: وهو يكتب إلى كل منفذ تسلسلي جديد بحثًا عن أجهزة مودم.
    .remedy = نفّذ {"\u2066`apt-get purge modemmanager`\u2069"}، أو ضع على كل منفذ وسم udev {"\u2066ID_MM_DEVICE_IGNORE=1\u2069"} كما يفعل {"\u2066systemd/70-muster.rules\u2069"}.
error-modules_loaded = وحدات النواة { $modules } محمَّلة: وهي تنتزع القارئات اللاسلكية من pcscd.
    .remedy = نفّذ { $keep_away } ثم { $remove }، ثم أعد وصل القارئ.
error-no_device_found = ليس في هذا الجهاز منفذ تسلسلي ولا كاميرا.
    .remedy = صِل أحدهما وراجع {"\u2066`muster doctor`\u2069"}، أو حدّد ملف إعدادات بالخيار {"\u2066--config\u2069"}.
error-no_device_named = لا يذكر { $path } أي جهاز.
    .remedy = صِل جهازًا وراجع {"\u2066`muster doctor`\u2069"}، أو حدّد ملف إعدادات بالخيار {"\u2066--config\u2069"}.
error-file_missing = الملف { $path } ({ $key } في الإعدادات) مفقود.
    .remedy = أعده من المكان الذي نُقل إليه، أو سجّل هذا الجهاز من جديد: {"\u2066`muster terminal renew`\u2069"} في المركز، و{"\u2066`muster enrol TOKEN --again`\u2069"} هنا.
error-account_may_not_read = لا يحق للحساب { $user } الاطلاع على كل شيء: الفحوص التي تشير إلى هنا غير كاملة.
    .remedy = شغّل {"\u2066`muster doctor`\u2069"} بحساب root.
error-not_enrolled = لم يُسجَّل هذا الجهاز بعد: ليست له مفاتيح ولا مركز.
    .remedy = شغّل {"\u2066`muster terminal add`\u2069"} في المركز، ثم {"\u2066`muster enrol TOKEN`\u2069"} هنا.
error-enrolment_begun = لم يُسجَّل هذا الجهاز بعد: بدأ تسجيل ولم يكتمل.
    .remedy = شغّل {"\u2066`muster enrol`\u2069"}: يتابع من حيث توقف.
error-key_open_to_all = يستطيع كل حساب على هذه الآلة قراءة المفتاح { $path }.
    .remedy = شغّل `{ $command }`.
error-service_may_not_read = لا يجوز لحساب الخدمة { $user } قراءة { $path }.
    .remedy = شغّل `{ $command }`.
error-key_is_the_centres = المفتاح { $path } هو مفتاح المركز نفسه، لا مفتاح هذا الجهاز.
    .remedy = احذفه هنا وعالج أمره في المركز؛ ثم {"\u2066`muster terminal renew`\u2069"} هناك و{"\u2066`muster enrol TOKEN --again`\u2069"} هنا.
error-terminal_revoked = ألغى المركز هذا الجهاز: لم يعد يقبل أحدًا.
    .remedy = لاستخدامه من جديد: {"\u2066`muster terminal renew`\u2069"} في المركز، و{"\u2066`muster enrol TOKEN --again`\u2069"} هنا.
error-roster_not_believed = القائمة الموجودة هنا ليست من المركز المذكور في الإعدادات. { $why }
    .remedy = إن غُيّر {"\u2066`centre_key`\u2069"} يدويًا فأعده كما كان؛ وإلا فأحضر قائمة جديدة من المركز.
error-line_not_encrypted = الخط إلى خادم الرسائل غير مشفّر: لا يذكر {"\u2066[broker]\u2069"} ملف {"\u2066ca_file\u2069"}.
    .remedy = سجّل هذا الجهاز بالأمر {"\u2066`muster enrol TOKEN`\u2069"} الذي يجلب شهاداته.
error-certificate_of_other = الشهادة باسم { $name }، وهذا الجهاز هو { $terminal }.
    .remedy = هل نُسخت هذه البطاقة؟ سجّل هذا الجهاز باسم خاص به: {"\u2066`muster terminal add`\u2069"} ثم {"\u2066`muster enrol TOKEN --again`\u2069"}.
error-certificate_without_key = المفتاح { $path } لا يخص الشهادة.
    .remedy = أعد كليهما من النسخة الاحتياطية نفسها، أو سجّل من جديد: {"\u2066`muster terminal renew`\u2069"} في المركز، و{"\u2066`muster enrol TOKEN --again`\u2069"} هنا.
error-certificate_by_other = لم تُصدر الشهادةَ جهةُ الإصدار الموجودة في {"\u2066ca_file\u2069"}.
    .remedy = أحضر شهادة جهة إصدار المركز إلى هنا في {"\u2066ca_file\u2069"}، أو سجّل من جديد: {"\u2066`muster enrol TOKEN --again`\u2069"}.
error-certificate_not_begun = تسري الشهادة من { $day }، وساعة هذه الآلة تقول { $now }.
    .remedy = اضبط الساعة: {"\u2066`timedatectl set-ntp true`\u2069"}، أو {"\u2066`timedatectl set-time`\u2069"} من دون شبكة.
error-certificate_over = انتهت الشهادة في { $day }.
    .remedy = تحقق من الساعة؛ وإلا فسجّل من جديد: {"\u2066`muster terminal renew`\u2069"} في المركز، و{"\u2066`muster enrol TOKEN --again`\u2069"} هنا.
error-certificate_near_end = { $count ->
    [0] تنتهي الشهادة اليوم ولم تُجدَّد بعد.
    [one] تنتهي الشهادة خلال يوم واحد ولم تُجدَّد بعد.
    [two] تنتهي الشهادة خلال يومين ولم تُجدَّد بعد.
    [few] تنتهي الشهادة خلال { $count } أيام ولم تُجدَّد بعد.
    [many] تنتهي الشهادة خلال { $count } يومًا ولم تُجدَّد بعد.
   *[other] تنتهي الشهادة خلال { $count } يوم ولم تُجدَّد بعد.
  }
    .remedy = تتجدد من تلقاء نفسها عند عودة الخط؛ اتصل بالمركز إن كان الخط يعمل وبقي هذا.
error-broker_name_unknown = لا أحد يعرف اسم خادم الرسائل { $host } ({ $why }).
    .remedy = تحقق من {"\u2066host\u2069"} ضمن {"\u2066[broker]\u2069"}، ومن الشبكة وخدمة الأسماء فيها.
error-broker_without_tls = ما يجيب عند { $broker } لا يتحدث TLS ({ $why }).
    .remedy = تحقق من {"\u2066host\u2069"} و{"\u2066port\u2069"} ضمن {"\u2066[broker]\u2069"}؛ منفذ خادم الرسائل 8883 ما لم يستخدم المركز غيره.
error-broker_of_other_authority = شهادة { $broker } وقّعتها جهة إصدار غير التي في { $path }.
    .remedy = تحقق من {"\u2066host\u2069"} ضمن {"\u2066[broker]\u2069"}؛ إن كانت للمركز جهة إصدار جديدة فسجّل من جديد: {"\u2066`muster enrol TOKEN --again`\u2069"}. وإلا فهناك من يقف في الوسط.
error-broker_of_other_name = خادم الرسائل عند { $broker } يثبت أنه مضيف آخر غير { $host }.
    .remedy = اكتب الاسم الموجود في شهادة المركز في {"\u2066host\u2069"} ضمن {"\u2066[broker]\u2069"}، أو دع المركز يضيف هذا الاسم.
error-broker_certificate_wrong = لا يمكن تصديق شهادة خادم الرسائل { $broker } ({ $why }).
    .remedy = تحقق من ساعة هذه الآلة؛ إن كانت صحيحة فعلى المركز تجديد شهادة خادم الرسائل: {"\u2066`muster centre prepare`\u2069"}.
error-broker_refuses_certificate = يرفض خادم الرسائل { $broker } شهادة هذا الجهاز ({ $why }).
    .remedy = اسأل المركز هل أُلغي هذا الجهاز {"\u2066(`muster terminal show`)\u2069"}؛ إن كان كذلك: {"\u2066`muster terminal renew`\u2069"} هناك و{"\u2066`muster enrol TOKEN --again`\u2069"} هنا.
error-broker_silent = يقبل خادم الرسائل { $broker } الاتصال ولا يقول شيئًا.
    .remedy = تحقق في المركز من أن Mosquitto يعمل؛ فقد يشغل المنفذَ برنامج آخر.
error-roster_none = لا توجد قائمة بعد: تُرفض البطاقات والرموز، وتُسجَّل بطاقات المتطوعين دون تحقق.
    .remedy = تصل حين يعمل الخط؛ ومن دون شبكة أحضر ملفًا من {"\u2066`muster centre roster`\u2069"}.
error-roster_old = { $count ->
    [one] عمر القائمة (الإصدار { $version }) يوم واحد.
    [two] عمر القائمة (الإصدار { $version }) يومان.
    [few] عمر القائمة (الإصدار { $version }) { $count } أيام.
    [many] عمر القائمة (الإصدار { $version }) { $count } يومًا.
   *[other] عمر القائمة (الإصدار { $version }) { $count } يوم.
  }
    .remedy = إن تغيّر شيء في المركز منذ ذلك الحين فتحقق من أن الخط يعمل.
error-clock_never_set = تقول الساعة { $now }: لم تُضبط قط.
    .remedy = دع خادم وقت يضبطها: {"\u2066`timedatectl set-ntp true`\u2069"}؛ ومن دون شبكة {"\u2066`timedatectl set-time`\u2069"}.
error-clock_behind_log = تقول الساعة { $now }، وأحدث حدث في السجل بتاريخ { $newest }.
    .remedy = اضبط الساعة: {"\u2066`timedatectl set-ntp true`\u2069"}. إن كانت متقدمة من قبل فأخبر المركز من متى إلى متى.
error-clock_not_steered = تقول الساعة { $now }، ولا يضمنها أي خادم وقت.
    .remedy = فعّل ذلك: {"\u2066`timedatectl set-ntp true`\u2069"}، واسمح بمرور NTP {"\u2066(UDP 123)\u2069"} عبر جدار الحماية.
error-state_folder_missing = المجلد { $path } الذي يكتب فيه الجهاز مفقود.
    .remedy = شغّل {"\u2066`systemd-tmpfiles --create`\u2069"} وتحقق من أن قرصه موصول.
error-state_folder_refuses = لا يمكن كتابة شيء في { $path }: { $why }.
    .remedy = راجع {"\u2066`dmesg`\u2069"}: القرص التالف يُوصل للقراءة فقط. استبدله واحتفظ بالقديم من أجل سجله.
error-disk_nearly_full = لم يبق للسجل في { $path } إلا { $free } MiB.
    .remedy = أفسح مكانًا: {"\u2066`journalctl --vacuum-size=50M`\u2069"} و{"\u2066`apt-get clean`\u2069"}. لا تحذف {"\u2066log.db\u2069"} أبدًا.
error-log_not_there = لا يوجد سجل بعد عند { $path }.
    .remedy = ينشئه برنامج الجهاز عند أول تشغيل: {"\u2066`systemctl start muster-kiosk`\u2069"}.
error-log_to_salvage = صودفت صفحة تالفة في السجل.
    .remedy = ينقذ برنامج الجهاز ما يمكن قراءته عند تشغيله القادم: {"\u2066`systemctl restart muster-kiosk`\u2069"}.
error-events_wait_long = { $count ->
    [one] حدث واحد ينتظر الإرسال منذ { $days } يوم.
    [two] حدثان ينتظران الإرسال، أقدمهما منذ { $days } يوم.
    [few] { $count } أحداث تنتظر الإرسال، أقدمها منذ { $days } يوم.
    [many] { $count } حدثًا تنتظر الإرسال، أقدمها منذ { $days } يوم.
   *[other] { $count } حدث تنتظر الإرسال، أقدمها منذ { $days } يوم.
  }
    .remedy = هي في أمان. أصلح الخط، أو احملها إلى المركز: {"\u2066`muster log export FILE`\u2069"}.
error-service_missing = الخدمة { $unit } غير مثبّتة.
    .remedy = ثبّتها كما يقول {"\u2066systemd/README.md\u2069"}.
error-service_not_running = الخدمة { $unit } لا تعمل ({ $state }).
    .remedy = لمعرفة السبب: {"\u2066`journalctl -u "}{ $unit }{" -n 30`\u2069"}؛ ثم {"\u2066`systemctl restart "}{ $unit }{"`\u2069"}.
error-service_not_at_boot = الخدمة { $unit } لا تبدأ مع الجهاز: بعد انقطاع الكهرباء التالي لن تعمل.
    .remedy = شغّل {"\u2066`systemctl enable "}{ $unit }{"`\u2069"}.
error-service_restarted = { $count ->
    [one] أُعيد تشغيل الخدمة { $unit } مرة واحدة.
    [two] أُعيد تشغيل الخدمة { $unit } مرتين.
    [few] أُعيد تشغيل الخدمة { $unit } { $count } مرات.
    [many] أُعيد تشغيل الخدمة { $unit } { $count } مرة.
   *[other] أُعيد تشغيل الخدمة { $unit } { $count } مرة.
  }
    .remedy = لمعرفة السبب: {"\u2066`journalctl -u "}{ $unit }{" -n 100`\u2069"}.
error-display_not_read = لا يُقرأ كل ما على الشاشة من { $wanted } م: الكلمة بارتفاع { $word } مم من { $word_m } م، وأصغر نص بارتفاع { $text } مم من { $text_m } م ({ $cells } خانة).
    .remedy = غيّر حجم الخط في /usr/share/muster/foot.ini (نحو 160 × 50 خانة تتسع لأكثر النصوص)، أو استعمل شاشة أكبر، أو دع الناس يقتربون واضبط [display] read_from_mm.
error-device_fails = { $device } ({ $kind }): { $why }
    .remedy = { $why_remedy }
error-badge_not_read = لم يقرأ { $device } شيئًا في الوقت المخصص لعرض شارة عليه.
    .remedy = أعد المحاولة بالأمر {"\u2066`muster doctor --badge 60`\u2069"} عن قرب وباستقامة؛ ويعرض {"\u2066`muster scan`\u2069"} كل قراءة مباشرة.
error-badge_spoilt = لا يعطي { $device } الشارة كما طُبعت: { $why }
    .remedy = { $why_remedy }
error-badge_foreign = قرأ { $device } رمزًا ليس شارة من هذا المركز.
    .remedy = أعد المحاولة بشارة من هذا المركز؛ ويعرض {"\u2066`muster scan`\u2069"} ما يأتي بدلًا منها.
error-pin_library_missing = لا توجد مكتبة لخطوط GPIO: قد يبقى الجرس والأضواء (الخطوط { $lines }) صامتة.
    .remedy = ثبّت واحدة في بيئة Muster نفسها: {"\u2066`/opt/muster/bin/pip install lgpio`\u2069"}.
error-pins_not_opened = لا يمكن فتح خطوط GPIO { $lines }: { $why }
    .remedy = تحقق من أن لا برنامج آخر يستخدمها، ومن أن الحساب في المجموعة {"\u2066gpio\u2069"}.
error-player_missing = لا تُسمع أي نتيجة: تطلب الإعدادات { $program } وهو غير مثبّت.
    .remedy = ثبّته ({"\u2066`apt-get install alsa-utils`\u2069"} فيه aplay، و{"\u2066`apt-get install pulseaudio-utils`\u2069"} فيه paplay)، أو اضبط {"\u2066[sound] player = \"auto\"\u2069"}.
error-sound_not_played = تعذّر تشغيل النغمة التجريبية: { $why }
    .remedy = انظر البطاقات الموجودة بالأمر {"\u2066`aplay -L`\u2069"}، واكتب إحداها في {"\u2066[sound] device\u2069"}، وتحقق من أن الحساب في المجموعة {"\u2066audio\u2069"}.
error-voice_missing = الإعداد {"\u2066[sound] speak\u2069"} مفعّل و{ $program } غير مثبّت: لا تُنطق أي كلمة.
    .remedy = ثبّته ({"\u2066`apt-get install espeak-ng`\u2069"})، أو اضبط {"\u2066speak = false\u2069"}.
error-bundle_not_written = لا يمكن كتابة الأرشيف { $path }: { $why }.
    .remedy = حدّد ملفًا في مجلد يحق لك الكتابة فيه.

## أوامر الفني: doctor وscan

doctor-machine = أجهزة هذه الآلة
doctor-serial_ports = المنافذ التسلسلية:
doctor-cameras = الكاميرات:
doctor-keyboards = لوحات المفاتيح:
doctor-card_readers = قارئات البطاقات:
doctor-gpio = GPIO:
doctor-none = لا شيء
doctor-not_known = غير معروف: { $why }
doctor-repair = ما ينبغي إصلاحه
doctor-nothing = لم يوجد شيء ينبغي إصلاحه.
doctor-root = يحق لـ root استخدام كل جهاز. للتجربة كما تفعل الخدمة:
doctor-no_settings = لم تُحدَّد إعدادات، والملف { $path } غير موجود: هذه الآلة ليست جهاز تسجيل بعد، ولم يُجرَّب أي جهاز. لجعلها كذلك: {"\u2066`muster enrol TOKEN`\u2069"}.
doctor-head = الجهاز { $terminal }، { $now }، {"\u2066Muster "}{ $version }{"\u2069"}
doctor-see = انظر { $numbers }
doctor-sum = للإصلاح: { $broken } معطّل (✖)، { $look } للمراجعة (!)
doctor-more = { $count ->
    [one] … وبند آخر: أصلح هذه أولًا ثم اسأل من جديد.
    [two] … وبندان آخران: أصلح هذه أولًا ثم اسأل من جديد.
    [few] … و{ $count } بنود أخرى: أصلح هذه أولًا ثم اسأل من جديد.
    [many] … و{ $count } بندًا آخر: أصلح هذه أولًا ثم اسأل من جديد.
   *[other] … و{ $count } بند آخر: أصلح هذه أولًا ثم اسأل من جديد.
  }
doctor-badge = اعرض شارة من مركزك على كل من { $devices } خلال { $seconds } ث.
doctor-bundle = { $path } للدعم الفني: لا أشخاص فيه ولا مفاتيح؛ اطّلع عليه قبل إرساله.
doctor-check-keys = المفاتيح
doctor-check-centre = المركز
doctor-check-certificate = الشهادة
doctor-check-broker = خادم الرسائل
doctor-check-roster = القائمة
doctor-check-clock = الساعة
doctor-check-disk = القرص
doctor-check-log = السجل
doctor-check-services = الخدمات
doctor-check-screen = الشاشات
doctor-check-display = الشاشة
doctor-check-devices = الأجهزة
doctor-check-pins = الجرس والأضواء
doctor-check-sound = الصوت
doctor-check-cards = البطاقات الذكية
doctor-check-wedge = الماسحات الكاتبة
doctor-check-badges = شارة اختبار
checked-after_enrolment = بعد التسجيل
checked-not_judged = لا يمكن الحكم بعد
checked-keys_good = كلها موجودة، ولحساباتها وحدها
checked-centre_good = معروف بمفتاحه { $key }، وتوقيعه صحيح
checked-centre_known = معروف بمفتاحه { $key }، ولم تُرَ قائمة تثبته
checked-certificate_good = { $count ->
    [0] { $name }، تنتهي اليوم
    [one] { $name }، بقي يوم واحد
    [two] { $name }، بقي يومان
    [few] { $name }، بقيت { $count } أيام
    [many] { $name }، بقي { $count } يومًا
   *[other] { $name }، بقي { $count } يوم
  }
checked-broker_good = { $broker } يقبل هذا الجهاز عبر TLS
checked-broker_unencrypted = { $broker } يقبل هذا الجهاز دون تشفير
checked-broker_connected = { $broker } يجيب عبر TLS، وعملية الإرسال متصلة
checked-roster_good = { $count ->
    [0] الإصدار { $version }، من اليوم
    [one] الإصدار { $version }، عمره يوم واحد
    [two] الإصدار { $version }، عمره يومان
    [few] الإصدار { $version }، عمره { $count } أيام
    [many] الإصدار { $version }، عمره { $count } يومًا
   *[other] الإصدار { $version }، عمره { $count } يوم
  }
checked-clock_good = { $now }، موثوقة
checked-clock_within = { $now }، صحيحة في حدود { $error } مللي ثانية
checked-disk_good = { $free } MiB متاحة، والكتابة ممكنة
checked-log_good = { $events } حدثًا، والأحدث منها مترابطة
checked-log_and_unsent = { $events } حدثًا، والأحدث مترابطة، و{ $unsent } للإرسال
checked-services_good = تعمل: { $units }
checked-no_systemd = لا يوجد systemd هنا
checked-screen_good = يجيبها برنامج الجهاز
checked-display_read = تُقرأ: الكلمة من { $word_m } م ({ $word } مم)، والباقي من { $text_m } م ({ $text } مم)
checked-display_not_measured = { $columns } × { $rows } خانة؛ لم يُذكر قياسها في [display] diagonal
checked-display_without_screen = لم تذكر أي شاشة عدد خاناتها بعد
checked-devices_good = جاهزة: { $devices }
checked-devices_none = لا تذكر الإعدادات أي جهاز
checked-pins_good = خطوط GPIO { $lines } تستجيب
checked-pins_of_engine = خطوط GPIO { $lines } لدى برنامج الجهاز
checked-sound_played = شُغّلت نغمة تجريبية بواسطة { $program }
checked-sound_spoken = شُغّلت نغمة تجريبية بواسطة { $program }، وتُنطق النتائج
checked-sound_of_buzzer = بالجرس الإلكتروني
checked-sound_of_bell = بجرس طرفية الشاشة وحده؛ لم يُعثر على مكبّر صوت
checked-sound_none = بلا صوت: لا يطلب القسم {"\u2066[sound]\u2069"} مكبّرًا ولا جرسًا
checked-cards_good = { $readers }
checked-wedge_layout = { $devices }: هل ضُبطت على لوحة مفاتيح أمريكية؟ تُظهر شارةٌ ذلك: {"\u2066`muster doctor --badge 60`\u2069"}
checked-badges_good = قُرئت كاملة عند { $devices }
checked-badges_of_engine = المحرّك يشغل الأجهزة؛ أوقفه بالأمر {"\u2066`systemctl stop muster-kiosk`\u2069"} ثم أعد المحاولة
checked-unknown = { $code }
scan-present = اعرض شيئًا على { $devices }. المفتاحان Ctrl-C للإنهاء.
scan-no_roster = لا يُتحقق من البطاقات: لا توجد قائمة بعد.
scan-not_verified = لا يُتحقق من البطاقات.
scan-code = رمز من { $length } حرفًا: { $what }
scan-code_part = رمز من عدة رموز، { $length } حرفًا: { $what }
scan-id_number = بطاقة هوية من { $length } حرفًا: { $what }
scan-card_uid = بطاقة من { $length } حرفًا: { $what }
scan-signed_tap = بطاقة توقّع، { $length } حرفًا: مفاتيح التحقق لدى برنامج الجهاز وحده
scan-tag = شريحة من { $length } حرفًا: { $what }
scan-keypad = لوحة الأرقام، { $length } رقمًا
scan-sms = رسالة نصية من { $length } حرفًا، وتبقى في المودم
scan-badge = بطاقة Muster للمتطوع { $volunteer }، { $notes }
scan-badge_not_verified = بطاقة Muster { $text }، لم يُتحقق منها
scan-badge_not_valid = ليست بطاقة Muster صالحة ({ $why })
scan-may_be_number = قد يكون رقم شريحة أو بطاقة؛ فإن كان هذا الجهاز يقرؤها فاضبط له في {"\u2066kiosk.toml\u2069"} القيمة {"\u2066format\u2069"} = { $formats }
scan-printed = مطبوعة
scan-on_phone = على هاتف
scan-signed = التوقيع صحيح
scan-expired = منتهية
scan-revoked = ملغاة
scan-demo = تجريبية
scan-no_check_digit = رقم من نوع بلا خانة تحقق
scan-check_digit_valid = خانة التحقق صحيحة
scan-check_digit_wrong = خانة التحقق خاطئة

## سطر الأوامر

command-error = خطأ:

## المركز: الإعدادات والملفات والطباعة والرسائل

error-badge_code_too_long = نص البطاقة طوله { $length } حرفًا.
    .remedy = يجب ألا يزيد على { $most }، وإلا تعذّر على الكاميرات قراءته من مسافة ذراع.
error-badge_code_unreadable = تعذّرت إعادة قراءة رمز البطاقة من صورته.
    .remedy = لا تطبعها، وأبلغ المطوّرين.
error-nothing_entered = { $why }
    .remedy = صحّح ذلك؛ ولم يُدخَل شيء.

## صفحات المركز: العناوين والحالات

page-board = لوحة الموقع
page-site = الموقع
page-language = اللغة
page-day_before = اليوم السابق
page-day_after = اليوم التالي
page-today = اليوم
page-times_in = التوقيت
page-present = الموجودون الآن
page-nobody = لا أحد مسجَّل حاليًا.
page-since = منذ
page-lines = ساعات اليوم
page-no_lines = لا ساعات بعد لهذا اليوم. تظهر هنا بعد ثوانٍ من وصول تسجيل الحضور.
page-pending = محسوبة وفق القواعد؛ وتُعتمد بعد مراجعتها.
page-volunteer = المتطوع
page-activity = النشاط
page-in = الدخول
page-out = الخروج
page-presence = مدة الحضور
page-hours = الساعات
page-flags = ملاحظات
page-rules = السبب
page-total = المجموع
page-open = ما زال هنا
page-unknown = غير معروف
page-waiting = متطوعون تُحسب سجلاتهم الجديدة الآن:
page-uncounted = عمليات مسح لم تُحتسب
page-time = الوقت
page-reason = السبب
page-terminals = الأجهزة واكتمال البيانات
page-no_terminals = لا جهاز مسجَّل في هذا الموقع.
page-terminal = الجهاز
page-certificate_days = الأيام المتبقية للشهادة
page-state = الحالة
page-complete = مكتمل
page-missing = أحداث ناقصة
page-doubted = مشكوك فيه
page-silent = لم يتصل قط
page-held = الأحداث المستلَمة
page-missing_count = الناقص
page-heard = آخر اتصال
page-clock = الساعة
page-needs_review = بحاجة إلى نظر
page-refused = رسائل مرفوضة
page-forks = تناقضات
page-never = أبدًا
page-evidence = الدليل
page-evidence_why = الحدث كما كتبه الجهاز، ولا يُغيَّر أبدًا.
page-how_closely = مدى دقة الوقت
page-overlaps = أوقات متداخلة
page-manual_record = قيد يدوي
page-manual_record_why = وقت أدخله شخص، ولا يُحتسب إلا بعد أن يؤكده شخص ثانٍ.
page-entered_by = أدخله
page-unconfirmed = بانتظار شخص ثانٍ
page-confirmed_by = أكده
page-declined_by = رفضه
page-certificate = شهادة خدمة تطوعية
page-certificate_why = اكتب رقم الشهادة لمعرفة مضمونها وهل ما زالت صالحة.
page-certificate_number = الرقم
page-check = تحقّق
page-recording_unit = الجهة المسجِّلة
page-issued_on = تاريخ الإصدار
page-content = المضمون
page-notices = الإعلانات العامة
page-rules_whole = النص الكامل بالإنجليزية
page-rules_brief = الشرح بالعربية
page-no_notices = لم يُنشر أي إعلان بعد.
page-published = نُشر في
page-date = التاريخ
page-epoch = الحقبة
page-number = الرقم
page-hash = البصمة
page-received = وقت الاستلام
page-terminal_clock = ساعة الجهاز
page-stored = محفوظ
page-review = المراجعة
page-send_again = إرسال مرة أخرى
page-certificate_check = التحقق من شهادة
page-receipt = إيصال انصراف
page-receipt_why = اكتب الرمز الذي أظهره الجهاز عند انصرافك لترى هل هو معروف هنا وكم يُحتسب لك.
page-receipt_code = الرمز
page-receipt_check = التحقق من إيصال
page-review_keys = المفاتيح مع Alt (في Firefox: Alt وShift): A للموافقة، R للرفض، W للسبب، T للأوقات، N للتالي، Z للتراجع.
page-review_keys_list = المفاتيح مع Alt (في Firefox: Alt وShift): A للموافقة، R للرفض، W للسبب، C لكل ما لا شك فيه، Z للتراجع.
page-decisions_when = متى
page-decisions_about = بشأن
page-archive = الأرشفة
page-archive_why = النشاط المؤرشف لا يقبل أوقاتًا أخرى، ولا يبتّ فيما بقي إلا من له صلاحية على المؤرشف، ولا رجعة في ذلك.
page-end_choose_all = اختيار الكل
page-end_choose_none = إلغاء الاختيار
page-review_correction_waits = ينتظر وقتٌ أُدخل لهذا الشخص تأكيد شخص ثانٍ: قد يتغير هذا البند.
page-review_reopen_why = سبب التراجع عن الرفض
page-review_reopen = إعادة الفتح
page-skip = الانتقال إلى المحتوى
page-menu = الصفحات
page-way_back = موضع هذه الصفحة
page-review_oldest = الأقدم
page-review_waiting = قيد الانتظار
page-review_clean = سليم
page-review_doubtful = يحتاج إلى نظر
page-review_all = كل ما ينتظر
page-review_which = اعرض
page-review_nothing = لا شيء ينتظر هنا.
page-review_filter = تصفية
page-review_choose = اختر
page-review_change = تعديل
page-review_due = الموعد
page-review_late = متأخر
page-review_lines = كل السطور المنتظرة
page-review_lines_why = افتح سطرًا أو نشاطه لتتخذ القرار.
page-review_organisation = المنظمة
page-review_method = طريقة القراءة
page-review_waited = أيام الانتظار على الأقل
page-review_late_only = المتأخر فقط
page-late = مَن المتأخر
page-late_entries = متأخرة
page-late_oldest = أقدم موعد نهائي
page-late_nobody = بلا منظمة
page-late_none = لا شيء متأخر.
page-filtered_by = التصفية حسب
page-filter_away = إزالة
page-review_note = ملاحظة أو سبب
page-review_override = السبب رغم نقص الأدلة
page-review_approve_chosen = اعتمد المختار
page-review_reject_chosen = ارفض المختار
page-review_approve_clean = اعتمد كل السليم
page-review_clean_why = ما لم يره مفتش أو رُفض منه شيء من قبل يبقى كما هو ويُذكر.
page-review_approve = اعتمد
page-review_reject = ارفض
page-review_credit = إنه حضور واحد: احتسبه
page-review_lift = ارفع الحد اليومي
page-review_log_in = لا يقرر هنا إلا من له حق المراجعة؛ سجّل الدخول بحساب كهذا.
page-review_first = من البداية
page-review_next = الصفحة التالية
page-review_next_doubtful = التالي للنظر
page-review_decided = لا شيء من هذا السطر ينتظر قرارًا.
page-decisions = القرارات الأخيرة
page-decisions_why = يمكن التراجع عن القرار المتخذ هنا كاملاً حتى ترحيله. وما تعذّر البتّ فيه عندئذ يبقى كما هو ويُذكر هنا.
page-decisions_what = القرار
page-decisions_by = صاحب القرار
page-decisions_state = الحالة
page-decisions_none = لم يُتخذ هنا أي قرار بعد.
page-review_undo = تراجع
page-review_held_by = بُتّ فيه وسيُرحَّل خلال دقائق، بقرار من
page-now = الآن
page-as_of = حتى
page-now_missing = متوقعون لم يحضروا
page-now_expected = المتوقعون الآن
page-now_troubled = مواقع فيها مشكلات
page-now_heard = سُمع من الجميع منذ
page-now_silent = صامتة
page-now_alarms = سجل مشكوك فيه
page-now_certificates = شهادة تنتهي قريبًا
page-now_unsent = لم يُرسل بعد
page-now_no_site = لا يوجد موقع كهذا.
page-now_shift = المناوبة
page-now_nobody_missing = حضر كل من يُتوقع الآن.
page-inbox = الوارد
page-move_from = من المنظمة
page-move_to = إلى المنظمة
page-move_request = طلب الانتقال
page-inspections = مواقع حان تفتيشها
page-inspections_why = يُزار كل موقع كل أسبوع. هنا المواقع التي لم يزرها أحد منذ أكثر من ذلك، وأولها ما لم يُزر قط.
page-inspections_last = آخر زيارة
page-inspections_none = زير كل موقع خلال الأسبوع الأخير.
page-inspection = تفتيش
page-inspection_count = عدد الأسماء
page-inspection_draw = سحب الأسماء
page-inspection_drawn_of = من بين الحاضرين
page-inspection_draws = عدد مرات الاختيار
page-inspection_seen = شوهد
page-inspection_not_seen = لم يُشاهد
page-inspection_nobody = لا أحد مسجَّل الحضور هناك الآن.
page-inspection_findings = ما وُجد
page-inspection_enter = تدوين الزيارة
page-inspection_who = المفتشون وحدهم يسحبون الأسماء ويدوّنون الزيارات؛ سجّل الدخول بحساب كهذا.
page-inspection_visits = آخر الزيارات
page-volunteers = المتطوعون
page-people_who = الرقم أو بداية الاسم، وتكفي كتابة بينيين أو حروفه الأولى
page-people_find = ابحث
page-people_suspended = موقوف: لا يُقبل في أي مكان
page-people_more = يوجد المزيد: أضف أحرفًا.
page-people_nobody = لا أحد بهذا الرقم أو الاسم ضمن صلاحيتك.
page-people_approved = الساعات المعتمدة
page-people_stars = النجوم
page-people_points = النقاط
page-people_belongs = ينتمي إلى
page-people_belonged = كان ينتمي إلى
page-people_by_month = الساعات المعتمدة شهريًا
page-people_no_lines = لا ساعات بعد.
page-people_matters = الاعتراضات والهدايا والانتقالات والبطاقات
file-objection = الاعتراض { $number }، والرد عليه حتى { $due }
file-gift = هدية: { $gift }
file-move = من { $origin } إلى { $destination }
file-numbers = الرقمان { $gone } و{ $kept }
file-merged = شخص واحد
file_objection-open = مفتوح
file_objection-overdue = متأخر
file_objection-rejected = مرفوض
file_objection-to_amend = مقبول، ولم تُصحَّح الساعات بعد
file_objection-amended = مقبول، وصُحِّحت الساعات
file_objection-without_effect = مقبول، دون أثر في الساعات
file_objection-unknown = { $code }
page-back = العودة إلى اللوحة
page-reload_off = إيقاف التحديث التلقائي
page-reload_on = تحديث تلقائي
page-not_here = غير موجود
page-out_of_order = عطل
page-account_login = تسجيل الدخول
page-account_logout = تسجيل الخروج
page-account_inactive = انتهى هذا الحساب
page-account_change_password = تغيير كلمة المرور
page-account_reauthenticate = أكّد أنك أنت
page-mfa_authenticate = العامل الثاني
page-mfa_reauthenticate = التأكيد برمز لمرة واحدة
page-mfa_index = الدخول والعامل الثاني
page-mfa_activate_totp = إعداد العامل الثاني
page-mfa_deactivate_totp = إزالة العامل الثاني
page-mfa_view_recovery_codes = رموز الاسترداد
page-mfa_generate_recovery_codes = رموز استرداد جديدة
page-second_factor_why = اقرأ هذا الرمز بتطبيق المصادقة في الهاتف، ثم اكتب الأرقام الستة التي يعرضها.
page-second_factor_key = أو اكتب هذا المفتاح فيه:
page-recovery_codes_why = كل رمز منها يُدخلك مرة واحدة من دون الهاتف. اكتبها عندك: تُعرض هذه المرة فقط.
page-recovery_codes_shown = الرموز الباقية:
page-invitation = حسابك
page-invitation_for = أُنشئ حساب لـ
page-new_password = كلمة مرور جديدة
page-new_password_again = أعد كتابتها
page-set_password = تعيين كلمة المرور
page-passwords_differ = كلمتا المرور غير متطابقتين.
page-not_allowed = ليس لهذا الحساب
page-not_taken = لم يُقبل
page-log_in = تسجيل الدخول
page-own_account = الحساب
page-certificate_token = رمز التحقق
page-too_many_tries = كثر البحث من هنا. انتظر دقيقة.
page-person_in_charge = المسؤول
page-service_dates = أيام الخدمة
page-recipients = لأجل
error-no_page = لا توجد صفحة بهذا العنوان.
    .remedy = عُد إلى اللوحة.
error-no_activity_here = لا يوجد هنا نشاط «{ $activity }» ضمن صلاحيتك.
    .remedy = اختر واحدًا من قائمة المراجعة.
error-no_entry_here = لا يوجد هنا قيد { $number } ضمن صلاحيتك.
    .remedy = اختر واحدًا من قائمة المراجعة.
error-nothing_waits_here = لا شيء ينتظر هنا بالرقم { $number }؛ ربما قرر غيرك.
    .remedy = انظر قائمة الوارد.
error-no_volunteer_here = المتطوع { $number } غير موجود أو خارج صلاحيتك.
    .remedy = ابحث بالرقم أو الاسم في صفحة المتطوعين.
error-no_site_here = لا يوجد هنا موقع «{ $site }».
    .remedy = اختر موقعًا من اللوحة.
error-no_site_yet = لم يُدخَل أي موقع بعد.
    .remedy = أدخِل المواقع والأنشطة والمتطوعين أولًا.
error-no_event_here = لا يحفظ المركز الحدث { $number } من هذه الحقبة للجهاز { $terminal }.
    .remedy = قد لا يكون وصل بعد؛ عُد إلى اللوحة.
error-no_record_here = لا يحفظ المركز القيد اليدوي { $number }.
    .remedy = عُد إلى اللوحة.
error-no_notice_here = لم يُنشر هنا الإعلان { $number }.
    .remedy = راجع قائمة الإعلانات.
error-no_date = «{ $text }» ليس تاريخًا.
    .remedy = اكتبه هكذا: {"\u20662026-03-07\u2069"}.
error-no_board_of_year = لا توجد لوحة لعام { $year }.
    .remedy = اختر يومًا آخر من اللوحة.
error-page_failed = تعذّر على المركز عرض هذه الصفحة. لا يضيع أي سجل: تحتفظ الأجهزة ببياناتها حتى يحفظها المركز.
    .remedy = راجع سجل الأمر {"\u2066`muster web`\u2069"}.
error-page_for_others = تذكر هذه الصفحة أشخاصًا ولا يحق لحسابك قراءة ذلك.
    .remedy = اطلبه ممن يسمح له مستواه أو دوره.
error-logged_out = لم تعد مسجّل الدخول، لذلك لم يُقبل ما أرسلته.
    .remedy = سجّل الدخول ثم عد إلى هذه الصفحة وأرسله مرة أخرى: ما كتبته محفوظ هنا.
error-form_from_elsewhere = لم يُقبل ما أُرسل: لم يأت من صفحة عرضها المركز على هذا المتصفح، أو سجّل أحدهم الدخول أو الخروج منذ ذلك الحين.
    .remedy = ارجع وأعد تحميل الصفحة ثم أرسلها مرة أخرى. يجب أن يقبل المتصفح ملفات تعريف الارتباط.

## قواعد الساعات

error-IMPOSSIBLE_CLOCK = انحراف الساعة أو خطؤها أو مدة عملها قيمة سالبة.
    .remedy = افحص نقاط ضبط وقت الجهاز، فقد يكون سجله تالفًا.
error-INVALID_CALENDAR = لا يمكن عدّ { $days } من أيام العمل مع أيام العطلة الأسبوعية { $weekend }.
    .remedy = حدّد صفرًا من الأيام أو أكثر، واترك يوم عمل واحدًا في الأسبوع على الأقل.
error-INVALID_CERTIFICATE_NUMBER = لا يتكون رقم شهادة من الجهة «{ $issuer }» والسنة { $year } والتسلسل { $number }.
    .remedy = رقم الجهة ستة أرقام، والسنة أربعة، والتسلسل من 1 إلى 999999.
error-INVALID_RULE_SET = لا يمكن استخدام مجموعة القواعد: { $why }.
    .remedy = صحّح هذا الحقل، وشرح كل حقل في إعدادات التسوية المرفقة.
error-NEGATIVE_RATE = قيمة الساعة { $cents } جزء من مئة.
    .remedy = حدّد قيمة لا تقل عن صفر.
error-NO_RATING = ليس للأثر تقييم.
    .remedy = قدّم تقييمًا واحدًا على الأقل من الثلاثة.
error-RATE_WITHOUT_SOURCE = ينقص قيمةَ الساعة: { $missing }. ولا تُحسب منها أي قيمة.
    .remedy = اكتب المبلغ والعملة والمصدر والسنة في القسم {"\u2066[economic_value]\u2069"} من الإعدادات.
error-STARS_NOT_RISING = حدود النجوم { $hours } غير متصاعدة.
    .remedy = اذكر الساعات من النجمة الأولى إلى الأخيرة.
error-TOO_MANY_RATINGS = للأثر { $number } من التقييمات.
    .remedy = تُحتسب ثلاثة على الأكثر: تقييم المتطوع نفسه وتقييم زميل وتقييم المسؤول.
error-TRANSFER_DONE = انتهى هذا النقل.
    .remedy = اطلب نقلًا جديدًا إن كان خطأ.
error-TRANSFER_INCOMPLETE = ينقص النقلَ: { $missing }.
    .remedy = أضِف الناقص وحاول مجددًا.
error-UNKNOWN_ZONE = المنطقة «{ $zone }» ليست في قاعدة بيانات المناطق الزمنية.
    .remedy = استخدم اسمًا من IANA مثل {"\u2066Asia/Shanghai\u2069"}.
error-WEIGHT_OUT_OF_RANGE = المسؤولية { $duty } والأثر { $effect } (بالألف) ليسا مسموحين معًا.
    .remedy = المسؤولية من 1000 إلى 2000، والأثر من 0 إلى 1500.

## القرارات في الساعات وطلبات الهدايا

error-BLOCKING_FLAG = على هذا السطر ملاحظة ينبغي النظر فيها.
    .remedy = افتح السطر واتخذ القرار فيه وحده.
error-EXCHANGE_LIMIT = استُنفد عدد مرات الاستبدال لهذا العام.
    .remedy = قدّم الطلب في العام القادم، ولا تُرحَّل النقاط.
error-FOUR_EYES = من شارك في هذا السطر لا يقرر فيه.
    .remedy = اطلب ذلك من شخص لم يشارك فيه.
error-INSUFFICIENT_POINTS = النقاط لا تكفي.
    .remedy = اختر هدية أقل، أو انتظر.
error-NOT_PENDING = سبق اتخاذ القرار في هذا القيد، أو حلّ محله قيد أحدث.
    .remedy = راجع السطر من جديد.
error-HELD = بتّ شخص ما في هذا القيد من قبل؛ وسيُرحَّل قراره خلال دقائق.
    .remedy = انتظر ترحيله، أو تراجع عنه في صفحة القرارات الأخيرة.
error-NOTHING_HELD = لم يعد التراجع عن القرار { $number } ممكناً: فقد رُحِّل أو سبق التراجع عنه.
    .remedy = ما اعتُمد يُصحَّح باعتراض، وما رُفض يُعاد فتحه.
error-NOT_SEEN = نادى أحد المفتشين هذا المتطوع في ذلك اليوم فلم يجده.
    .remedy = اسأل المفتش، واتخذ القرار في هذا السطر وحده.
error-NOT_REJECTED = لا يوجد هنا رفض قائم.
    .remedy = انظر السطر بالأمر muster rules explain، واذكر القيد المرفوض.
    .page = انظر إلى البند واختر القيد المرفوض.
error-OWN_REJECTION = من رفض وقتًا في هذا السطر لا يجعله محتسبًا.
    .remedy = اطلب من مراجع آخر أن يقرر فيه أو يعيد فتحه.
error-REJECTED_BEFORE = رُفضت نتيجة سابقة لهذا السطر.
    .remedy = انظر السبب بالأمر muster rules explain، واتخذ القرار فيه وحده مع ملاحظة تبين سبب احتسابه الآن.
    .page = اقرأ السبب في صفحة البند واتخذ قرارًا بشأنه وحده مع ملاحظة تبيّن لماذا يُحتسب الآن.
error-SELF_REVIEW = لا يقرر أحد فيما يخصه.
    .remedy = اطلب ذلك من شخص آخر.
error-UNKNOWN_TIER = لا توجد هدية «{ $gift }».
    .remedy = اختر واحدة من: { $gifts }.

## ما يُدخَل ويُقرَّر في المركز

error-ACTIVITY_WITHOUT_NAME = يحتاج النشاط إلى معرّف وعنوان.
    .remedy = اكتب كليهما.
error-ALARM_SETTLED = سبق أن سوّى { $by } التنبيه { $number }.
    .remedy = يعرض `muster centre alarms` التنبيهات المفتوحة.
    .page = تعرض صفحة الجهاز الإنذارات المفتوحة.
error-ALREADY_DECIDED = سبق اتخاذ القرار في هذا.
    .remedy = راجع القائمة من جديد.
error-ALREADY_MEMBER = المتطوع { $volunteer } منتسب إلى { $organisation } من قبل.
    .remedy = لا حاجة إلى فعل شيء.
error-ALREADY_REPLACED = { $record } يُحتسب بدلًا من { $event } من قبل.
    .remedy = اذكر { $record } لتصحيحه مرة أخرى.
error-ALREADY_SUPERSEDED = حلّت { $newer } محل { $number }.
    .remedy = أعد إصدار الأحدث.
error-ALREADY_ERASED = حُذفت بيانات المتطوع { $volunteer }، ولا يُعطى هذا الرقم لأحد بعده.
    .remedy = أدخل الشخص برقم آخر.
error-ALREADY_SUSPENDED = المتطوع { $volunteer } موقوف من قبل.
    .remedy = لا حاجة إلى فعل شيء.
error-BAD_SITE_CODE = لا يصلح «{ $site }» رمزًا لموقع.
    .remedy = استعمل حروفًا وأرقامًا ونقاطًا وشرطات، وبينها مسافة مفردة على الأكثر.
error-BAD_TELEPHONE = هذا ليس رقم هاتف مع رمز الدولة.
    .remedy = اكتبه هكذا: {"\u2066+8613912345678\u2069"}.
error-CALLED_TWICE = ورد اسم شخص مرتين بين من نودوا.
    .remedy = اذكر كل شخص مرة واحدة.
error-CAP_IS_LIFTED = رُفع الحد اليومي لذلك اليوم من قبل.
    .remedy = يُعاد حساب السطر تلقائيًا، ويعرضه الأمر {"\u2066`muster review list`\u2069"}.
    .page = يُعاد حساب البند تلقائيًا ويظهر في المراجعة.
error-CERTIFICATE_ASKED = سبق أن طُلبت شهادة من { $organisation }.
    .remedy = انتظر الرد، وسيظهر هنا.
error-CERTIFICATE_INCOMPLETE = سينقص الشهادةَ: { $missing }.
    .remedy = أكمل بيانات الجهة وأنشطتها.
error-CREDENTIAL_TAKEN = هذه البطاقة أو هذا الهاتف مسجَّل لشخص آخر.
    .remedy = ألغه هناك أولًا وسلّم غيره.
error-DISPUTE_OPEN = يُنظر حاليًا في اعتراض على { $activity } بتاريخ { $day }.
    .remedy = انتظر الرد، أو أضِف إليه هناك.
error-DISPUTE_WITHOUT_TEXT = لم يُذكر السبب.
    .remedy = اكتب السبب في 1 إلى { $most } حرفًا.
error-ENTERED_TOO_LONG = يتسع حقل «{ $field }» لعدد { $most } من الأحرف، وما كُتب طوله { $length }.
    .remedy = اكتبه أقصر.
error-ERASED_TOO_EARLY = لا يمكن حذف بيانات المتطوع { $volunteer } بعد: { $what }.
    .remedy = أنجز ذلك أولًا: بعد حذف الاسم لا يستطيع أحد أن يقول لمن كانت.
error-END_IS_KNOWN = أنهى دليل آخر هذه الفترة منذ ذلك الحين أو صُحّحت مناوبتها.
    .remedy = لا حاجة إلى تأكيد شيء؛ يعرض الأمر {"\u2066`muster manual list`\u2069"} ما زال ينتظر.
    .page = لا حاجة إلى تأكيد؛ يعرض الوارد ما لا يزال ينتظر.
error-FUTURE_REVOCATION = لا يمكن إلغاء بطاقة من لحظة لم تأتِ بعد.
    .remedy = ترفضها الأجهزة حال علمها، فألغها حينئذ.
error-FUTURE_TIME = هذا الوقت لم يأتِ بعد.
    .remedy = صحّح الوقت.
error-INVALID_DIRECTION = يبيّن القيد اليدوي هل حضر الشخص أم غادر.
    .remedy = اختر أحدهما.
error-INVALID_ISSUER = «{ $issuer }» ليس رقم جهة إصدار.
    .remedy = اكتب الأرقام الستة التي تصدر بها الجهة شهاداتها، أو لا تكتب شيئًا.
error-INVALID_PATH = «{ $path }» ليس موضعًا في شجرة الجهات.
    .remedy = اكتب { $digits } أرقام لكل مستوى، مثل 00010003، لا كلها 0 ولا كلها 9.
error-INVALID_TIME = «{ $text }» ليس وقتًا.
    .remedy = اكتبه هكذا: {"\u20662026-03-07T17:55\u2069"}.
error-INVALID_VOLUNTEER = لا يمكن إدخال المتطوع { $volunteer } على هذا النحو.
    .remedy = الرقم من 1 إلى 12 خانة، والاسم من 1 إلى { $most } حرفًا قابلًا للطباعة.
error-ISSUER_TAKEN = تصدر جهة أخرى شهاداتها بالرقم { $issuer }.
    .remedy = أعطِ هذه الجهة رقمًا خاصًا بها.
error-LEFT_BEFORE_JOINING = لا يمكن أن يترك المتطوع { $volunteer } الجهة { $organisation } قبل انتسابه إليها.
    .remedy = صحّح اليوم.
error-MANUAL_NO_REASON = لم يُذكر السبب.
    .remedy = اكتب السبب في 1 إلى { $most } حرفًا.
error-MANUAL_SELF = لا يُدخل أحد وقته ولا يؤكده بنفسه.
    .remedy = استعن بشخصين آخرين.
error-MANUAL_UNCONFIRMED = من أدخل وقتًا لا يؤكده.
    .remedy = اطلب من شخص ثانٍ النظر فيه.
error-MOVED_INTO_ITSELF = لا يمكن أن تقع { $organisation } تحت نفسها.
    .remedy = اختر جهة خارج فرعها.
error-NAMES_ACTIVITY = الحدث { $event } يحدد نشاطه بنفسه، أو لا يُعرف صاحبه.
    .remedy = أدخِل الناقص، أو أدخِل الوقت الصحيح قيدًا يدويًا.
error-NOBODY = يحتاج القرار إلى من اتخذه.
    .remedy = اذكر اسم الشخص في 1 إلى { $most } حرفًا.
error-NOBODY_RECORDED = لم تسجّل أي جهة «{ $activity }»، فلا يمكن لأحد إثباته.
    .remedy = تحقق من النشاط.
error-NAME_STRANGER = في الاسم {"\u2066"}{ $code }{"\u2069"} في الموضع { $place }، ولا يكون في اسم.
    .remedy = احذف هذا الحرف، أو اكتب الاسم من جديد.
error-NOTE_WITHOUT_REFUSAL = كُتب سبب ولم يُحدَّد أي صف مرفوض؛ ولم يُتخذ أي قرار.
    .remedy = حدّد الصفوف المرفوضة أو أفرغ الحقل.
error-NOTE_TOO_LONG = النص طوله { $length } حرفًا، والحد { $most }.
    .remedy = اختصره، فالأوراق الأطول مكانها ملف.
error-NOTHING_TO_CERTIFY = ليس لدى { $organisation } وقت معتمد للمتطوع { $volunteer } لإثباته.
    .remedy = اطلب مراجعة السطور أولًا، أو اسأل الجهة التي سجّلتها.
error-NOTHING_TO_CORRECT = الاعتراض المرفوض لا يصحّح أوقاتًا.
    .remedy = اقبله ولو جزئيًا، أو لا تذكر أوقاتًا.
error-NOTHING_TO_REPLACE = { $event } ليس حضورًا أو انصرافًا للمتطوع { $volunteer } يُعتد به دليلًا.
    .remedy = خذ اسم الحدث كما يعرضه الأمر muster rules explain.
error-NOT_APPLIED = سبق اتخاذ القرار في طلب الاستبدال { $number }.
    .remedy = راجع القائمة من جديد.
error-NOT_APPROVED = طلب الاستبدال { $number } { $state }: فلا تُسلَّم هدية.
    .remedy = راجع الطلب من جديد.
error-NOT_A_MEMBER = المتطوع { $volunteer } غير منتسب إلى { $organisation }.
    .remedy = ابحث عن الجهة التي ينتسب إليها.
error-NOT_LONG = ليس في هذا السطر تسجيل دخول وخروج لحضور واحد أطول من المسموح.
    .remedy = اختر قيدًا يسأل عنه {"\u2066`muster review list`\u2069"} هل هو حضور واحد.
    .page = اختر قيدًا تسأل عنه المراجعة أهو حضور واحد.
error-NOT_CAPPED = لم يقتطع الحد اليومي شيئًا من هذا القيد.
    .remedy = اختر قيدًا عليه العلامة {"\u2066DAILY_CAP\u2069"}، ويعرضها الأمر {"\u2066`muster review list`\u2069"}.
    .page = اختر قيدًا ملاحظته أن الحد اليومي أنقصه.
error-NOT_MERGED = المتطوع { $volunteer } غير مدموج في رقم آخر.
    .remedy = لا شيء يُسحب؛ يعرض muster record show الوضع الحالي.
    .page = لا شيء يحتاج إلى إلغاء؛ يبيّن ملف المتطوع الوضع القائم.
error-NOT_READY = أدلة هذا النشاط غير مكتملة: { $reasons }.
    .remedy = صِل هذه الأجهزة؛ وابتداءً من { $due } يجوز المضي من دونها مع ذكر السبب.
error-NOT_RECORDER = لم تسجّل { $organisation } «{ $activity }» فلا يمكنها إثباته.
    .remedy = اطلب ذلك من { $recorder } التي سجّلته.
error-NOT_RELEASED = لم توافق { $organisation } على انتقال المتطوع بعد.
    .remedy = اطلب الموافقة منها.
error-NOT_REQUESTED = سبقت الموافقة على هذا النقل.
    .remedy = اطلب من الجهة المستقبلة قبوله.
error-NOT_REVOKED = لا توجد بطاقة ملغاة كهذه.
    .remedy = ابحث عنها لدى صاحبها.
error-NOT_SERVED = ليس للمتطوع { $volunteer } سطر في { $activity }.
    .remedy = قيّم من خدموا فيه.
error-NOT_SUSPENDED = المتطوع { $volunteer } غير موقوف.
    .remedy = لا حاجة إلى فعل شيء.
error-NO_EVENT_NAME = «{ $text }» لا يسمي حدثًا.
    .remedy = اكتب الجهاز/الحقبة/الرقم كما يعرضه {"\u2066`muster review events`\u2069"}.
error-NO_ISSUER = لا تصدر { $organisation } شهادات.
    .remedy = أدخِل أولًا رقمها المكوّن من ستة أرقام بوصفها جهة إصدار.
error-NO_LETTER = لم يُذكر خطاب التعريف.
    .remedy = اكتب رقمه أو مكان حفظه في 1 إلى { $most } حرفًا.
error-NO_LINE = لا يُعرف شيء عن المتطوع { $volunteer } في { $activity }.
    .remedy = تحقق من وصول أحداث الأجهزة.
error-NO_LINE_THAT_DAY = لا يُعرف شيء عن المتطوع { $volunteer } في { $activity } بتاريخ { $day }.
    .remedy = تحقق من التاريخ ومن وصول أحداث الأجهزة.
error-NO_REASON = لم يُذكر السبب.
    .remedy = اكتب السبب في 1 إلى { $most } حرفًا.
error-NUMBERS_MERGED_INTO_IT = دُمجت الأرقام { $others } في { $volunteer }، فلا يمكن دمجه هو.
    .remedy = ادمج بالاتجاه الآخر، أو اسحب تلك العمليات أولًا.
error-NUMBER_MERGED = دُمج الرقم { $volunteer } في { $kept }، وصاحبه يُعرف به.
    .remedy = استخدم { $kept }.
error-ORGANISATION_WITHOUT_NAME = تحتاج الجهة إلى اسم.
    .remedy = اكتب الاسم الذي تُعرف به.
error-ORGANISATION_HOLDS = لا يمكن إخراج { $organisation } من الشجرة: { $what }.
    .remedy = انقل ما فيها إلى جهة أخرى. وما يذكره سجل يبقى في الشجرة دائمًا.
error-OTHER_SITE = ليس { $activity } في موقع الجهاز { $terminal }.
    .remedy = حدّد نشاطًا في ذلك الموقع.
error-PHASES_OUT_OF_ORDER = في { $activity } لا يمكن أن تأتي مرحلة «{ $following }» بعد «{ $phase }».
    .remedy = الترتيب: { $order }؛ واحذف ما لم يكن.
error-PHASES_OVERLAP = في { $activity } تبدأ مرحلة «{ $following }» قبل بدء «{ $phase }» أو معه.
    .remedy = اجعل بداية كل مرحلة بعد بداية التي قبلها.
error-POST_TAKEN = في وظيفة من { $activity } يراد حذفها أشخاص.
    .remedy = أعطهم وظيفة أخرى أولًا.
error-RESERVED_ID = «{ $activity }» معرّف لنشاط لم يستطع جهاز تحديده.
    .remedy = اختر معرّفًا آخر.
error-RULES_IN_FORCE = لا يتغير شيء ابتداءً من { $day }: الإصدار { $version } سارٍ بالفعل.
    .remedy = غيّر القسم {"\u2066[rules]\u2069"} في الإعدادات وارفع {"\u2066`version`\u2069"} ثم اجعله ساريًا.
error-SAME_NUMBER = لا يمكن دمج { $volunteer } في نفسه.
    .remedy = اذكر رقمين لشخص واحد، والذي يبقى أولًا.
error-SAME_ORGANISATION = النقل يكون إلى جهة أخرى.
    .remedy = اختر الوجهة.
error-SELF_RATING = التقييم الذاتي وحده يصدر عن المتطوع.
    .remedy = اختر صفة المقيّم.
error-SITE_CODE_TAKEN = يوجد موقع برمز «{ $site }».
    .remedy = اختر رمزًا آخر، أو غيّر ذلك الموقع في صفحته.
error-SITE_WITHOUT_NAME = يحتاج الموقع إلى رمز واسم.
    .remedy = اكتب كليهما.
error-SUSPENDED_VOLUNTEER = المتطوع { $volunteer } موقوف.
    .remedy = ارفع الإيقاف أولًا.
error-TERMINAL_ELSEWHERE = لا يوجد جهاز «{ $terminal }» في { $site }.
    .remedy = حدّد أحد أجهزة ذلك الموقع، أو لا تحدد شيئًا.
error-TIMES_OVERLAP = تتداخل { $times } في { $activity }، أو تنتهي إحداها قبل أن تبدأ.
    .remedy = اكتبها واحدة تلو الأخرى.
error-TIME_NOT_ONCE = لا يوجد { $time } مرة واحدة في { $zone } حيث تتغير الساعات.
    .remedy = اكتبه مع فرق التوقيت، مثل {"\u20662026-10-25T02:30+02:00\u2069"}.
error-TIME_OF_ANOTHER_AGE = { $time } ليس وقتًا من هذا العصر.
    .remedy = صحّح السنة.
error-TOO_MANY_CODES = أُرسلت رموز كثيرة إلى هذا الهاتف أو للمتطوع { $volunteer }.
    .remedy = استخدم أحدثها، أو انتظر { $minutes } د.
error-RATER_IS_ANOTHER = يُطلب التقييم برابط من المتطوع نفسه، أو من زميل يُذكر رقمه، أو ممن قُدّمت له الخدمة.
    .remedy = للزميل اكتب رقم متطوع آخر. أما المشرف فيقيِّم بحسابه.
error-RATING_LINK_OVER = استُعمل هذا الرابط أو انتهى أو لم يُنشأ قط.
    .remedy = اطلب رابطًا آخر ممن أعطاك إياه.
error-RATING_LINK_WITHDRAWN = سحب هذا الرابط من أصدره، ولم يُحفظ شيء.
    .remedy = اطلب رابطًا آخر ممن أعطاك إياه.
error-REPORTS_UNDER_WAY = ما زال { $count } من ملفاتك قيد الإعداد.
    .remedy = انتظر أحدها أو ألغِه.
error-TRANSFER_OPEN = المتطوع { $volunteer } قيد النقل.
    .remedy = أنهِ ذلك النقل أو اسحبه أولًا.
error-TREE_FULL = لا مكان هناك لجهة أخرى.
    .remedy = أدخِلها تحت جهة أخرى.
error-UNKNOWN_ACTIVITY = لا يوجد نشاط «{ $activity }».
    .remedy = أدخِله أولًا، أو صحّح معرّفه.
error-UNKNOWN_ALARM = لا يوجد تنبيه رقم { $number } لتسويته.
    .remedy = يعرضها `muster centre alarms` بأرقامها.
    .page = تعرضها صفحة الجهاز.
error-UNKNOWN_CERTIFICATE = لا توجد شهادة بالرقم { $number }.
    .remedy = تحقق من رقمها.
error-UNKNOWN_CREDENTIAL = لم تُدخَل بطاقة أو هاتف كهذا.
    .remedy = ابحث عنه لدى صاحبه.
error-UNKNOWN_DISPUTE = لا يوجد اعتراض بالرقم { $number }.
    .remedy = راجع القائمة من جديد.
error-UNKNOWN_ENTRY = أحد هذه القيود غير موجود.
    .remedy = افتح قائمة السطور من جديد.
error-UNKNOWN_EVENT = لا يوجد حدث { $event }.
    .remedy = صحّح اسمه.
error-UNKNOWN_CERTIFICATE_REQUEST = لا يوجد طلب شهادة بالرقم { $number }.
    .remedy = راجع القائمة من جديد.
error-UNKNOWN_EXCHANGE = لا يوجد طلب استبدال بالرقم { $number }.
    .remedy = راجع القائمة من جديد.
error-UNKNOWN_LANGUAGE = لا يتحدث الموقع { $site } اللغة «{ $language }».
    .remedy = اختر واحدة من: { $languages }.
error-UNKNOWN_ORGANISATION = لا توجد جهة «{ $organisation }».
    .remedy = أدخِلها أولًا، أو صحّح مسارها.
error-UNKNOWN_RATING_LINK = لا يوجد رابط تقييم { $number }.
    .remedy = انظر تقييمات المتطوع.
error-UNKNOWN_REPORT_FILE = ليس لك ملف بالرقم { $number }، أو أنه حُذف، أو تغيّر ما تصل إليه.
    .remedy = اطلبه من جديد.
error-UNKNOWN_POST = ليس في النشاط { $activity } وظيفة «{ $post }».
    .remedy = أدخِل الوظيفة مع النشاط أولًا.
error-UNKNOWN_RECORD = لا يوجد قيد يدوي بالرقم { $number }.
    .remedy = راجع القائمة من جديد.
error-UNKNOWN_SITE = لا يوجد موقع «{ $site }».
    .remedy = أدخِله أولًا، أو صحّح رمزه.
error-UNKNOWN_STAR_REVIEW = لا توجد مراجعة نجوم بالرقم { $number }.
    .remedy = راجع القائمة من جديد.
error-UNKNOWN_TELEPHONE = هذا الهاتف غير مسجَّل للمتطوع { $volunteer }.
    .remedy = صحّح الرقم، أو سجّله بالأمر {"\u2066`muster centre import`\u2069"}.
error-UNKNOWN_APPLICATION = هذا الطلب لم يعد ينتظر.
    .remedy = انظر إلى القائمة من جديد.
error-UNKNOWN_WALK_IN = لم يعد هذا القيد ينتظر.
    .remedy = انظر إلى القائمة مرة أخرى.
error-NUMBER_TAKEN = الرقم { $volunteer } لشخص آخر.
    .remedy = إن كان هو نفسه فطابِق القيد مع هذا الرقم، وإلا فاختر رقمًا آخر.
error-OWN_APPLICATION = من قدّم طلب { $activity } لا يرد عليه.
    .remedy = اطلب ذلك من شخص آخر يحق له إدخال الأنشطة.
error-UNKNOWN_TRANSFER = لا يوجد نقل بالرقم { $number }.
    .remedy = راجع القائمة من جديد.
error-UNKNOWN_VOLUNTEER = لا يوجد متطوع بالرقم { $volunteer }.
    .remedy = أدخِل المتطوع أولًا، أو صحّح الرقم.
error-ACCOUNT_ENDED = انتهى الحساب «{ $login }».
    .remedy = استعمل حسابًا آخر أو اطلب إنشاء حساب جديد: muster account add.
    .page = استخدم حسابًا آخر أو اطلب دعوة إلى حساب جديد.
error-BAD_LOGIN = لا يصلح «{ $login }» اسمًا للدخول.
    .remedy = استعمل من 2 إلى 40 من الحروف اللاتينية الصغيرة والأرقام والنقاط والشرطات، على أن يبدأ بحرف.
error-BAD_NAME = يحتاج الحساب إلى الاسم الحقيقي لصاحبه.
    .remedy = اكتبه في 1 إلى { $most } حرفًا؛ الرقم ليس اسمًا.
error-BAD_SYSTEM_USER = «{ $user }» ليس من مستخدمي النظام.
    .remedy = اكتب الاسم الذي يدخل به الشخص إلى هذا الجهاز.
error-FIRST_IS_SUPER = أول حساب يكون من أعلى مستوى.
    .remedy = أنشئه بالخيار --level super ومن دون جهة؛ وهو ينشئ الحسابات الأخرى.
error-INVITATION_OVER = هذه الدعوة مستعملة أو قديمة أو لم تصدر.
    .remedy = اطلب دعوة جديدة ممن دعاك: muster account invite.
    .page = اطلب دعوة جديدة ممن دعاك: في صفحة حسابك زر لذلك.
error-LAST_SUPER = «{ $login }» آخر حساب من أعلى مستوى على الشجرة كلها، ومن دونه لا يستطيع أحد إنشاء غيره.
    .remedy = أنشئ حسابًا آخر أولًا: muster account add.
    .page = أنشئ حسابًا آخر أولًا.
error-LOGIN_TAKEN = يوجد حساب باسم «{ $login }».
    .remedy = اختر اسمًا آخر للدخول.
error-NAMESAKE = يوجد من اسمه «{ $name }». الحسابات: { $accounts }. المتطوعون: { $people }.
    .remedy = حدّد من هو: --volunteer لرقمه، أو --same-person-as لحساب آخر للشخص نفسه، أو --namesake إن كان شخصًا آخر.
    .page = بيّن من يكون: اكتب رقمه أو سمِّ حسابًا آخر للشخص نفسه أو علّم أنه شخص آخر بالاسم نفسه.
error-NOBODY_ACTS = لم يُذكر من يقوم بهذا.
    .remedy = اذكر حسابك بالخيار --as، أو اربطه بمستخدم النظام: muster account change LOGIN --system-user USER.
error-NOT_ALLOWED = لا يحق لـ { $name }، من المستوى «{ $level }»، القيام بهذا: { $deed }.
    .remedy = اطلبه ممن يسمح له مستواه أو دوره.
error-NOT_BELOW_OWN = الحساب من المستوى «{ $level }» ليس دون حسابك.
    .remedy = اطلب ذلك ممن هو أعلى مستوى.
error-NO_NODE = الحساب من المستوى «{ $level }» يتبع جهة.
    .remedy = اذكر مسارها بالخيار --organisation.
error-OUT_OF_REACH = هذا خارج نطاق الحساب: { $name }.
    .remedy = اطلبه ممن تعلو جهته عليه.
error-OWN_ACCOUNT = «{ $login }» حساب للشخص نفسه.
    .remedy = اطلب تغييره من شخص آخر أعلى مستوى.
error-SYSTEM_USER_TAKEN = مستخدم النظام «{ $user }» مرتبط بحساب آخر.
    .remedy = فُكّ ذلك الارتباط أولًا: muster account change.
error-UNKNOWN_ACCOUNT = لا يوجد حساب «{ $login }».
    .remedy = تحقق من الاسم: يعرض muster account list الحسابات.
    .page = ابحث عنه في قائمة الحسابات.
error-WEAK_PASSWORD = لا يمكن قبول كلمة المرور هذه: { $why }
    .remedy = اختر كلمة أطول لا يخمّنها أحد.

## ألفاظ في هذه الجمل

level-super = أعلى
level-senior = عالٍ
level-middle = متوسط
level-ordinary = عادي
level-volunteer = متطوع
level-unknown = { $code }
deed-review = البتّ في الساعات
deed-review_archived = البتّ في ساعات نشاط مؤرشف
deed-enter_manual = إدخال أوقات يدويًا
deed-confirm_manual = تأكيد أوقات أُدخلت يدويًا
deed-raise_dispute = الاعتراض على الساعات
deed-answer_dispute = الرد على الاعتراضات
deed-change_access = إيقاف أشخاص وسحب شارات وبطاقات
deed-decide_gifts = البتّ في الهدايا
deed-hand_out_gifts = تسليم الهدايا
deed-decide_stars = البتّ في النجوم
deed-rate = تقييم الخدمة
deed-certify = إصدار الشهادات
deed-request_transfer = إعداد انتقال
deed-decide_transfer = الموافقة على خروج المتطوعين وقبولهم
deed-inspect = تفقد المواقع
deed-publish = نشر الإعلانات
deed-settle_alarm = تسوية الإنذارات
deed-enter_people = إدخال المتطوعين
deed-merge_people = دمج رقمين لشخص واحد
deed-enter_activities = إدخال المواقع والجهات والأنشطة
deed-enter_staff = إدخال موظفي الأجهزة
deed-run_terminals = تسجيل الأجهزة وإلغاؤها
deed-change_accounts = تغيير الحسابات
deed-read_people = الاطلاع على البيانات الشخصية
deed-read_audit = الاطلاع على سجل التدقيق
deed-apply_rules = إنفاذ القواعد
deed-erase_people = حذف بيانات الأشخاص
deed-unknown = { $code }
document-introduction_letter = خطاب التعريف
document-service_record = سجل الخدمة
document-unknown = { $code }
stated-service_time = وقت الخدمة
stated-service_content = مضمون الخدمة
stated-recipients = المستفيدون من الخدمة
stated-service_dates = أيام الخدمة
stated-person_in_charge = المسؤول
stated-recording_unit = الجهة المسجِّلة
order_field-name = الاسم
order_field-number = رقم المتطوع
order_field-activity = النشاط
order_field-place = مكان الخدمة
order_field-organisation = المنظمة
order_field-occasions = مرات الخدمة
order_field-first_day = أول يوم خدمة
order_field-last_day = آخر يوم خدمة
order_field-stars = النجوم
order_field-service_time = مدة الخدمة
order_field-service_content = مضمون الخدمة
order_field-recipients = المستفيدون
order_field-service_dates = تاريخ الخدمة
order_field-person_in_charge = المسؤول
order_field-recording_unit = جهة التسجيل
order_field-unknown = { $code }
stated-unknown = { $code }
exchange-applied = بانتظار القرار
exchange-approved = مقبول
exchange-rejected = مرفوض
exchange-fulfilled = مُسلَّم
exchange-unknown = { $code }
undecided-account = ما زال له حساب يقرر في شؤون غيره ({"\u2066muster account end\u2069"})
undecided-staff = ما زال من موظفي الأجهزة ({"\u2066muster centre staff --remove\u2069"})
undecided-evidence = أدلة جديدة قيد التسوية
undecided-stays = حضور لم ينتهِ
undecided-hours = ساعات تنتظر المراجعة
undecided-records = سجلات يدوية تنتظر شخصًا ثانيًا
undecided-objections = اعتراض بلا جواب
undecided-transfers = انتقال لم يكتمل
undecided-gifts = هدية لم تُسلَّم
undecided-certificates = طلب شهادة لم يُبتّ فيه
undecided-stars = نجوم تنتظر قرارًا
undecided-unknown = { $code }
phase-draft = المسودة
phase-submitted = التقديم
phase-recruiting = الاستقطاب
phase-staffing = التوزيع
phase-executing = التنفيذ
phase-ended = الانتهاء
phase-archived = الأرشفة
phase-unknown = { $code }
times-shifts = المناوبات
times-breaks = الاستراحات
times-unknown = { $code }
not_ready-SEQ_GAP = { $terminal } (أحداث ناقصة)
not_ready-AWAITING_SYNC = { $terminal } (لم يتصل منذ انتهاء النشاط)
not_ready-LOG_DOUBTED = { $terminal } (سجلان يتحدثان باسمه؛ `muster centre alarms`)
not_ready-unknown = { $terminal } ({ $code })

## صفوف القوائم المستوردة

error-list_not_read = تعذّرت قراءة الملف بوصفه قائمة متطوعين: { $why }.
    .remedy = احفظه بصيغة {"\u2066.xlsx\u2069"}، أو بصيغة CSV وترميز {"\u2066UTF-8\u2069"} (أو اذكر بالخيار {"\u2066--encoding\u2069"} أنه {"\u2066GB18030\u2069"} أو {"\u2066Big5\u2069"} أو {"\u2066Windows-1252\u2069"} أو {"\u2066Windows-1256\u2069"})، وبين الخلايا فواصل أو فواصل منقوطة أو علامات جدولة، بالأعمدة { $required }، ومعها ما شئت من { $optional }.
    .page = احفظه بصيغة .xlsx أو CSV بترميز UTF-8 مع فواصل أو فواصل منقوطة أو علامات جدولة بين الخلايا، وبالأعمدة { $required } وأيٍّ من { $optional }.
csv-no_csv = ليس بصيغة CSV قرب الصف { $row } ({ $why })
csv-too_large = حجمه أكبر من { $most } ميغابايت
csv-too_much_within = ما ضُغط فيه أكبر من { $most } ميغابايت، أو أكثر مما تسعه ورقة
csv-no_workbook = هو مصنّف لا يُفتح؛ افتحه ببرنامج جداول واحفظه من جديد
csv-with_password = مقفل بكلمة مرور؛ احفظه دونها
csv-other_format = هو {"\u2066"}{ $format }{"\u2069"}، مهما كان اسمه
csv-several_sheets = في عدة أوراق منه هذه الأعمدة: { $sheets }؛ أخفها كلها إلا واحدة
csv-no_sheet = ليس فيه ورقة «{ $sheet }»، بل: { $sheets }
csv-encoded_otherwise = ترميزه {"\u2066UTF-8\u2069"} وليس { $encoding }
csv-not_encoded = ترميزه ليس { $encoding } (البايت { $byte })
csv-columns_missing = الصف { $row }، وفيه يجب أن تُسمّى الأعمدة، ينقصه { $missing }
csv-columns_unknown = في الصف { $row }، وفيه يجب أن تُسمّى الأعمدة، أعمدة غير معروفة: { $unknown }
csv-columns_missing_and_unknown = الصف { $row }، وفيه يجب أن تُسمّى الأعمدة، ينقصه { $missing } وفيه أعمدة غير معروفة: { $unknown }
csv-column_twice = يرد عمود مرتين في الصف { $row }
csv-unknown = { $code }
place-row = الصف { $row }
place-volunteer = المتطوع { $number }
place-site = الموقع «{ $name }»
place-organisation = الجهة «{ $name }»
place-activity = النشاط «{ $name }»
place-fault = { $place }: { $why }
place-trouble = { $place }: { $why } { $why_remedy }
place-unknown = { $code }
of_dispute-reason = الاعتراض { $number }: { $reason }
of_dispute-answers = هذا السجل جواب الاعتراض { $number }.
manual_reason-VOLUNTEER_CLAIM = قاله المتطوع عند الجهاز ضمن ما تسمح به أدلته
manual_reason-FORGOTTEN_CHECK_OUT = نُسي تسجيل الانصراف، فسُجّلت نهاية المناوبة بحسب قواعد النشاط
manual_reason-ERASED = حُذفت الكلمات مع بيانات صاحبها
manual_reason-unknown = { $code }
entered_by-centre = المركز نفسه
entered_by-terminal = الجهاز { $terminal }
unused-breaks = أُدخلت فترات استراحته، ولا يُخصم شيء لأجلها بحسب القواعد. إن أردت خصمها فاضبط {"\u2066`break_mode = \u0022scheduled\u0022`\u2069"} في سياسته.
unused-unknown = { $code }
row-another_name = للمتطوع { $volunteer } اسم آخر هنا
row-card_character = في {"\u2066"}{ $column }{"\u2069"} الحرف { $character } في الموضع { $place }؛ والمطلوب { $wanted }
row-card_shape = في {"\u2066"}{ $column }{"\u2069"} عدد المحارف { $length }؛ والمطلوب { $wanted }
row-card_taken = { $card } المذكور فيه مسجَّل للمتطوع { $volunteer } من قبل
row-cells_miscounted = فيه { $cells } من الخلايا وفي الصف الأول { $columns }
row-check_digit = رقم التحقق في رقم الهوية خاطئ: رقم ناقص أو مكتوب خطأ
row-decimal_uid = قد تكون الأرقام العشرية وحدها رقم البطاقة العشري، وهو رقم آخر: اكتب الأرقام الست عشرية أزواجًا: {"\u206677:77:17:16\u2069"}
row-formula_failed = في {"\u2066"}{ $column }{"\u2069"} صيغة بلا نتيجة، {"\u2066"}{ $text }{"\u2069"}؛ اكتب القيمة نفسها
row-formula_uncomputed = في {"\u2066"}{ $column }{"\u2069"} صيغة لم يحسبها شيء؛ افتح الملف ببرنامج جداول واحفظه، أو اكتب القيمة نفسها
row-last_digits_lost = ينتهي {"\u2066id_number\u2069"} بالأصفار {"\u2066000\u2069"} كما تتركه الجداول من الأرقام الطويلة: نسّق العمود نصًّا واكتبه من جديد؛ وما ينتهي بها حقًّا يُكتب مجموعات مثل {"\u2066110105 19491231 1000\u2069"}
row-last_day_over = يومه الأخير { $day } قد مضى
row-made_a_date = حوّل برنامج الجداول {"\u2066"}{ $column }{"\u2069"} إلى تاريخ؛ نسّق العمود نصًّا واكتبه من جديد
row-name_length = يجب أن يكون الاسم من 1 إلى { $most } حرفًا قابلًا للطباعة
row-name_stranger = في الاسم {"\u2066"}{ $code }{"\u2069"} في الموضع { $place }، ولا يكون في اسم
row-not_joined_yet = يوم الانتساب { $day } لم يأتِ بعد
row-no_activity = لا يوجد نشاط «{ $activity }»
row-no_badge = { $why }
row-no_date = «{ $text }» ليس تاريخًا مثل {"\u20662026-03-07\u2069"}
row-no_font = لا يوجد هنا خط فيه { $characters }
row-no_language = «{ $text }» ليست من اللغات { $languages }
row-no_number = «{ $text }» ليس رقم متطوع من 1 إلى 12 خانة
row-no_organisation = لا توجد جهة «{ $organisation }»
row-no_post = ليس في { $activity } وظيفة «{ $post }»
row-no_serial = «{ $text }» ليس تسلسلًا من 0 إلى 65535
row-no_single_font = لا يوجد هنا خط واحد فيه كل حروف الاسم
row-no_telephone = في {"\u2066phone\u2069"} عدد الأرقام { $digits }، وليس رقم هاتف محمول كما يُطلب في { $region }؛ والمطلوب { $wanted }
row-number_character = «{ $text }» ليس رقم متطوع من 1 إلى 12 خانة: {"\u2066"}{ $character }{"\u2069"} في الموضع { $place }
row-number_for_code = كُتب {"\u2066code\u2069"} كما تكتب الجداول الأعداد، مع {"\u2066.0\u2069"} أو فواصل؛ نسّق العمود نصًّا واكتبه من جديد
row-number_merged = الرقم { $volunteer } مدموج في { $kept }
row-organisation_missing = يذكر منذ متى ولا يذكر أين: الجهة ناقصة
row-post_without_activity = يذكر وظيفة ولا يذكر نشاطًا
row-printed_number = قد تكون الأرقام العشرية وحدها الرقم المطبوع على البطاقة، وهو رقم آخر: اكتبه في العمود {"\u2066tag_10d\u2069"}، أو اكتب الأرقام الست عشرية التي يعطيها القارئ أزواجًا: {"\u206600:11:25:93:75\u2069"}
row-other_pair = العددان بعد الرقم لبطاقة أخرى؛ قارنهما بما هو مطبوع عليها
row-random_uid = تُظهر هذه البطاقة رقمًا آخر في كل قراءة (أول بايت فيها 08)، كالهواتف وجوازات السفر: لا يمكن أن تمثل أحدًا
row-rounded = قرّب الجدول قيمة { $column }؛ اجعل تنسيق هذا العمود نصًا واكتبه من جديد
row-same_assignment = يكرر الصف { $row }: المتطوع والنشاط نفساهما
row-same_badge = يكرر الصف { $row }: المتطوع والتسلسل نفساهما
row-shown_otherwise = يظهر {"\u2066"}{ $column }{"\u2069"} على غير ما يحفظه برنامج الجداول ({"\u2066"}{ $text }{"\u2069"})؛ نسّق العمود نصًّا واكتبه من جديد
row-somebody_else = المتطوع { $volunteer } شخص آخر في الصف { $row }
row-something_long = ما طوله { $length } حرفًا ليس رقم متطوع من 1 إلى 12 خانة
row-was_erased = حُذفت بيانات المتطوع { $volunteer }، ولا يُعطى هذا الرقم لأحد بعده
row-unknown = { $code }
wanted-id_number = 17 رقمًا ثم رقم أو X، أو ثلاثة أحرف و12 رقمًا
wanted-card_uid = 8 أو 14 أو 20 رقمًا ستة عشريًا
wanted-tag = 8 أو 10 أرقام ست عشرية
wanted-tag_10d = الأرقام العشرية العشرة المطبوعة على البطاقة
wanted-tag_w26 = رمز المنشأة والرقم بخاناته الخمس كلها، مثل {"\u2066119,02192\u2069"}: لا يتجاوزان 255 و65535
wanted-code = من 4 إلى 64 محرفًا يرسلها الماسح: الحروف من A إلى Z والأرقام ورموز ASCII
wanted-phone = رقم واحد كما يُطلب هناك، أو مع + ورمز البلد، مثل {"\u2066+86 138 0013 8000\u2069"}
wanted-unknown = { $code }

## المركز نفسه

error-archive_beside_database = الأرشيف { $archive } على القرص نفسه الذي عليه قاعدة البيانات { $database }: عطل قرص واحد يذهب بهما معًا، وقد محت الأجهزة ما أُرشف.
    .remedy = اجعل {"\u2066`archive_folder`\u2069"} في الإعدادات مجلدًا على قرص آخر، وانقل إليه ما فيه.
error-archive_not_the_same = محتوى ملف الأرشيف { $path } المقروء يختلف عما كُتب.
    .remedy = افحص قرص archive_folder؛ والأحداث في قاعدة البيانات، ولم يُحذف شيء.
error-archive_not_written = تعذّرت كتابة الأرشيف { $path }: { $why }.
    .remedy = افحص archive_folder في الإعدادات والمساحة على قرصه.
error-badge_libraries_missing = لا يمكن طباعة البطاقات هنا: { $missing } غير مثبَّت.
    .remedy = ثبّت Muster مع ما يطبع البطاقات: {"\u2066pip install 'muster[badges]'\u2069"}.
error-backup_not_made = تعذّر إنشاء النسخة الاحتياطية: { $path }: { $why }.
    .remedy = صِل القرص، أو أفسح فيه مكانًا، أو شغّل الأمر بحساب له حق القراءة والكتابة.
error-badges_for_nobody = لا يمكن طباعة بطاقة لـ { $volunteers }.
    .remedy = هؤلاء المتطوعون غير مدخلين أو غير متوقعين هناك أو موقوفون.
error-badges_not_written = تعذّرت كتابة { $path }: { $why }.
    .remedy = حُذف ما كُتب في هذه المرة. أفرغ بعض المساحة، أو حدّد مكانًا آخر.
error-badges_there = الملف { $path } موجود من قبل؛ والموجود من الملفات { $number }.
    .remedy = لم يُكتب شيء. حدّد مكانًا آخر، أو استخدم الخيار {"\u2066--overwrite\u2069"}.
error-cases_malformed = ملف الحالات { $path } غير سليم: { $why }.
    .remedy = صحّحه؛ ويبيّن {"\u2066tests/vectors/settlement-cases.json\u2069"} الصيغة.
error-centre_missing = لا تحتوي قاعدة البيانات على مركز من بيئة { $realm }.
    .remedy = شغّل برنامج الاستقبال أو التسوية أو الصفحات مرة واحدة، فكل منها ينشئ الناقص.
error-centre_not_prepared = تعذّر تجهيز المركز في { $path }: { $why }.
    .remedy = افحص {"\u2066`directory`\u2069"} في الإعدادات، وتأكد من أن لهذا الحساب حق استخدام الملف المذكور.
error-commits_not_durable = يجيب PostgreSQL قبل أن يأمن ما حفظه ({"\u2066synchronous_commit\u2069"} = { $value }): قد يُؤكَّد تسجيل ثم يضيع.
    .remedy = اضبط {"\u2066synchronous_commit = on\u2069"} لقاعدة البيانات ودورها ({"\u2066ALTER DATABASE … SET\u2069"} أو {"\u2066ALTER ROLE … SET\u2069"} أو {"\u2066postgresql.conf\u2069"}) ثم أعد التشغيل.
error-standby_asynchronous = يتبع الخادم الاحتياطي قاعدة البيانات دون تزامن: قد يغيب عنه ما قرره الموظفون قبيل تعطل القاعدة، ولا شيء يعيده.
    .remedy = اجعل قاعدة البيانات تنتظر الخادم الاحتياطي: {"\u2066synchronous_standby_names\u2069"} مع {"\u2066synchronous_commit = on\u2069"} في {"\u2066postgresql.conf\u2069"}.
error-database_not_usable = لا يمكن استخدام قاعدة بيانات المركز: { $why }.
    .remedy = تحقّق من {"\u2066`database`\u2069"} في الإعدادات. إن كانت ملفًا فيجب أن يوجد مجلده وأن يستطيع هذا الحساب الكتابة فيه. وإن كانت PostgreSQL فيجب أن يعمل الخادم وأن توجد قاعدة البيانات ودورها.
error-database_away = قاعدة بيانات المركز لا تجيب.
    .remedy = تحقق من أنها تعمل، ومن المفتاح database في إعدادات المركز؛ وما يأتي في هذه الأثناء يبقى محفوظًا على الأجهزة.
error-database_other_realm = قاعدة البيانات لمركز من بيئة { $held }، والإعدادات تقول { $realm }.
    .remedy = حدّد قاعدة بيانات أخرى، فأدلة بيئة لا تصبح أدلة لأخرى.
error-database_wrong = المفتاح database في إعدادات التسوية لا يسمي ملفًا ولا قاعدة بيانات PostgreSQL.
    .remedy = اكتب اسم ملف، أو {"\u2066postgresql://user:password@host:port/name\u2069"}.
error-epoch_named_twice = تذكر تحية { $terminal } حقبة مرتين.
    .remedy = برنامجه معطوب أو ليس Muster: افحص ذلك الجهاز.
error-handovers_not_read = تتعذّر قراءة { $path }، وهو ما يُثبت كيف استُبدل مفتاح توقيع المركز: { $why }.
    .remedy = انسخه من جهاز آخر لهذا المركز أو من أحدث نسخة احتياطية. وإن ضاع نهائيًا فضعه جانبًا؛ عندئذ يجب تسجيل الأجهزة التي غابت منذ استبدال المفتاح من جديد.
error-handovers_of_another = يقود { $path } إلى مفتاح توقيع غير الموجود في { $key }.
    .remedy = انسخ الملفين معًا من جهاز يعمل عليه هذا المركز أو من أحدث نسخة احتياطية. ولا تضعهما جانبًا وتشغّل {"\u2066`muster centre prepare --new-keys`\u2069"} إلا إذا ضاع ذلك المفتاح نهائيًا؛ عندئذ يجب تسجيل كل جهاز من جديد.
error-key_is_another = في { $path } مفتاح غير مفتاح المركز الذي في قاعدة البيانات.
    .remedy = ضعه جانبًا وانسخ الملف من الجهاز الذي يعمل عليه هذا المركز أو من نسخته الاحتياطية. وإن كان المقصود قاعدة بيانات مركز آخر فصحّح {"\u2066`database`\u2069"} في الإعدادات.
error-key_missing_here = قاعدة البيانات لمركز له مفاتيحه، والملف { $path } غير موجود هنا.
    .remedy = انسخه من الجهاز الذي يعمل عليه هذا المركز أو من نسخته الاحتياطية بحيث لا يقرؤه إلا هذا الحساب. ولا ينشئ {"\u2066`muster centre prepare --new-keys`\u2069"} مفتاحًا آخر إلا إذا فُقد نهائيًا؛ وعندها يجب تسجيل كل جهاز من جديد.
error-events_contradict = تناقض الأحداث من { $first } إلى { $last } ما هو محفوظ من هذه الحقبة.
    .remedy = احتفظ ببطاقة ذاكرة الجهاز واتصل بالمركز: فقد استُعيدت أو نُسخت.
error-font_wrong = { $path } ليس خطًا تمكن الطباعة به: { $why }.
    .remedy = حدّد ملف TrueType أو OpenType.
error-fonts_missing = لا يوجد خط للطباعة.
    .remedy = ثبّت حزمتي دبيان fonts-noto-core وfonts-noto-cjk، أو حدّد ملفًا بالخيار {"\u2066--font\u2069"}.
error-gateway_refuses = رفض مزوّد الرسائل النصية رسالتنا (HTTP { $status }).
    .remedy = افحص الرقم والرصيد والرمز السري؛ وطريقة الإرسال في القسم {"\u2066[text_messages]\u2069"} من الإعدادات.
error-gateway_silent = لا يستجيب مزوّد الرسائل النصية ({ $why }).
    .remedy = انتظر لترى هل تصل الرسالة، ثم أصدر رمزًا آخر؛ وافحص url في القسم {"\u2066[text_messages]\u2069"}.
error-gateway_without_url = تحتاج بوابة http إلى عنوان url للمزوّد.
    .remedy = اكتبه في القسم {"\u2066[text_messages]\u2069"}.
error-live_pages_open = ستعبر بيانات الدخول والأسماء الشبكة دون تشفير: لا يجوز تقديم الصفحات على { $address }.
    .remedy = استخدم 127.0.0.1 خلف وسيط ينهي TLS (انظر {"\u2066docs/operations.md\u2069"}).
error-live_prints_codes = لا يطبع المركز الحقيقي رموزًا ليقرأها غيره.
    .remedy = اجعل gateway في القسم {"\u2066[text_messages]\u2069"} إما http وإما none.
error-live_sends_openly = لا يرسل المركز الحقيقي أرقام الهواتف إلا عبر TLS.
    .remedy = اكتب url في القسم {"\u2066[text_messages]\u2069"} بصيغة https.
error-live_without_certificates = لا يتصل المركز الحقيقي بخادم رسائل في مكان آخر ({ $host }) إلا بشهادات.
    .remedy = اكتب ca_file وcertificate_file وkey_file في القسم {"\u2066[broker]\u2069"}.
error-no_gateway = ليس لهذا المركز من يرسل الرسائل النصية.
    .remedy = حدّد مزوّدًا في القسم {"\u2066[text_messages]\u2069"} من الإعدادات، أو دع المتطوع يراسل جهازًا.
error-pages_not_served = تعذّر تقديم الصفحات على { $address }: { $why }.
    .remedy = صحّح {"\u2066`address`\u2069"} و{"\u2066`port`\u2069"} في القسم {"\u2066[web]\u2069"} من الإعدادات.
error-pages_port_taken = تعذّر تقديم الصفحات على { $address }: يستخدم برنامج آخر هذا المنفذ.
    .remedy = أوقف ذلك البرنامج، أو اكتب {"\u2066`port`\u2069"} آخر في القسم {"\u2066[web]\u2069"} من الإعدادات.
error-provider_token_not_read = تعذّرت قراءة الرمز السري لمزوّد الرسائل النصية من { $path }: { $why }.
    .remedy = ضعه هناك، أو صحّح token_file في القسم {"\u2066[text_messages]\u2069"}.
error-realm_other = هذا مركز من بيئة { $realm }، والرسالة تقول إنها من { $claimed }.
    .remedy = صِل الجهاز بمركز من بيئته.
error-roster_older = لدى الجهاز { $terminal } قائمة بالإصدار { $version } من قبل.
    .remedy = احذف الخيار {"\u2066--version\u2069"}، أو حدّد إصدارًا أعلى.
error-rules_differ = تختلف القواعد في الإعدادات عن المستخدمة من قبل بالإصدار { $version }.
    .remedy = ارفع {"\u2066`version`\u2069"} في القسم {"\u2066[rules]\u2069"}؛ فالنتائج تذكر الإصدار الذي أنتجها.
error-sender_revoked = الجهاز { $terminal } ملغى.
    .remedy = أعد تسجيله في هذا المركز.
error-sender_unknown = الجهاز { $terminal } غير مسجَّل.
    .remedy = سجّله في هذا المركز: {"\u2066`muster terminal add`\u2069"} هنا، و{"\u2066`muster enrol`\u2069"} هناك.
error-settings_refused = لا يقبل أي جهاز هذه الإعدادات: { $refused }.
    .remedy = صحّحها.
error-settings_moved = غيّر شخص آخر إعدادات أحد هذه الأجهزة في هذه الأثناء.
    .remedy = انظر مرة أخرى إلى ما سيتغير.
error-group_size = لا يمكن تغيير { $count } جهاز معًا؛ الحد الأقصى { $most }.
    .remedy = اختر جهازًا واحدًا على الأقل، ولا تتجاوز هذا العدد.
error-no_screen_message = لا توجد رسالة كهذه يمكن سحبها.
    .remedy = ربما انتهت، أو تخص أجهزة لا تديرها.
error-order_without_argument = يلزم هنا اسم وحدة أو سبب لا يزيد على { $most } حرفًا.
    .remedy = اكتبه واطلب مرة أخرى.
error-orders_wait = لدى { $terminal } عدد { $most } من الطلبات تنتظر الرد.
    .remedy = انتظر حتى يرد، أو حتى تقدم.
error-staff_message_unknown = لا توجد رسالة { $number } من محطة.
    .remedy = انظر إلى قائمة الرسائل من جديد.
error-screen_full = تعرض شاشات { $terminal } عدد { $most } من الرسائل.
    .remedy = اسحب واحدة أولًا.
error-screen_text = تلزم الرسالة كلمات في سطر واحد لا يزيد على { $most } حرفًا.
    .remedy = اكتبها بلغة واحدة على الأقل.
error-screen_until = تُعرض الرسالة حتى لحظة خلال { $days } يومًا القادمة.
    .remedy = اختر لحظة كهذه.
error-staff_reference_wrong = لا يصلح «{ $reference }» معرّفًا لمشرف: { $why }.
    .remedy = استخدم حروفًا لاتينية صغيرة وأرقامًا وشرطات، أو رقم الشخص بوصفه متطوعًا.
error-staff_site_unknown = لا يوجد موقع «{ $site }».
    .remedy = أدخِله أولًا، أو صحّح رمزه.
error-staff_unknown = لا يوجد مشرف «{ $reference }».
    .remedy = صحّح المعرّف.
error-staff_without_name = ليس لـ { $reference } اسم.
    .remedy = اكتب اسم الشخص كما يجوز للموقع عرضه.
error-tables_older = ينقص قاعدة بيانات المركز { $count } من تغييرات الجداول التي يحتاجها هذا الإصدار.
    .remedy = شغّل `muster centre prepare`.
error-terminal_unknown = لا يوجد هنا جهاز مسجَّل باسم «{ $terminal }».
    .remedy = صحّح اسمه ({"\u2066`muster terminal list`\u2069"})، أو سجّله: {"\u2066`muster terminal add`\u2069"}.
    .page = ابحث عنه في قائمة الأجهزة أو أنشئ له رمز تسجيل.
error-topic_other = أرسل الجهاز { $terminal } رسالة { $kind } باسم { $claimed } في القسم { $bucket }.
    .remedy = افحص قائمة صلاحيات خادم الرسائل والقسم bucket في إعدادات الجهاز.
error-topic_unknown = لا ينبغي لأحد النشر في الموضوع «{ $topic }»: { $why }.
    .remedy = افحص قائمة صلاحيات خادم الرسائل.

## الأوامر والعرض التجريبي

error-badge_key_not_believed = سترفض أجهزة هذا المركز البطاقات: فهي لا تعرف المفتاح { $key }.
    .remedy = أضِف { $public } إلى {"\u2066`badge_issuers`\u2069"} في { $path } وأرسل قوائم جديدة.
error-demo_failed = لم يسر العرض التجريبي كما ينبغي. { $why }
    .remedy = راجع { $log }.
error-demo_folder_not_empty = المجلد { $path } غير فارغ.
    .remedy = حدّد مجلدًا جديدًا: فالعرض التجريبي لا يعيد استخدام المفاتيح.
error-show_script_wrong = لا يمكن تشغيل النص { $path }: { $why }.
    .remedy = اكتب في كل سطر عدد الثواني ومفتاحًا واحدًا، مثل {"\u2066`6 n`\u2069"}، والأحدث في الأسفل؛ وتبدأ الملاحظة بالعلامة #.
error-command_library_missing = يحتاج هذا الأمر إلى مكتبة بايثون { $library }، وهي غير مثبتة هنا.
    .remedy = شغّله حيث ثُبّت جزؤه من Muster، أو ثبّت ذلك الجزء: {"\u2066`muster[kiosk]`\u2069"} على جهاز، و{"\u2066`muster[settlement]`\u2069"} في المركز؛ والعرض التجريبي يحتاج إليهما معًا.
error-mosquitto_missing = خادم الرسائل Mosquitto غير مثبَّت.
    .remedy = نفّذ {"\u2066`make setup`\u2069"} أو {"\u2066`apt install mosquitto`\u2069"}.
error-port_not_free = لا يمكن استخدام المنفذ { $port } لـ { $purpose }: { $why }.
    .remedy = أوقف البرنامج الذي يستخدمه، أو اختر منفذًا آخر.
review-rejected_before = رفضه { $by } من قبل (القيد { $entry }): { $why }؛ الجديد بعد ذلك: { $new } ساعة
inbox-times = أوقات أُدخلت يدويًا، تنتظر شخصًا ثانيًا
inbox-objections = اعتراضات تنتظر الرد
inbox-gifts = طلبات الهدايا
inbox-stars = نجوم قيد النظر
inbox-certificates = طلبات الشهادات
inbox-move_requested = سُجّل طلب الانتقال؛ والخطوة التالية خطاب التعريف.
inbox-staff_messages = رسائل من المحطات لم يقرأها أحد
inbox-inspections = مواقع حان تفتيشها
inspection-entered = دُوّنت زيارة { $site }.
inbox-applications = أنشطة تنتظر الموافقة
inbox-unnamed = قراءات لا يُعرف نشاطها
inbox-walk_ins = من حضروا دون أن تضمهم قائمة
inbox-transfers = الانتقال إلى منظمة أخرى
inbox-handouts = هدايا تنتظر التسليم
inbox-application = في { $site }، وتسجّلها { $organisation }.
inbox-unnamed_told = قُرئت عند { $terminal } في { $site } وساعته تشير إلى { $at }.
inbox-walk_in_told = قُيِّد في { $terminal }، { $site }، حين أشارت ساعته إلى { $at }. لا يُحتسب لأحد قبل أن يُحدَّد من كان.
inbox-transfer = من { $origin } إلى { $destination }.
inbox-transfer_letter = خطاب التعريف: { $letter }
inbox-transfer_released = وافق { $by } على المغادرة؛ ويستقبل المتطوعَ شخصٌ آخر.
inbox-granted = وافق عليها { $by }.
inbox-in = { $activity }: حضر عند { $at }
inbox-out = { $activity }: غادر عند { $at }
inbox-instead = { $count ->
    [one] يُحتسب بدلًا من وقت مسجل.
    [two] يُحتسب بدلًا من وقتين مسجلين.
    [few] يُحتسب بدلًا من { $count } أوقات مسجلة.
    [many] يُحتسب بدلًا من { $count } وقتًا مسجلًا.
   *[other] يُحتسب بدلًا من { $count } وقت مسجل.
}
inbox-entered = أدخله { $by }.
inbox-line = { $activity }، { $date }
inbox-gift = { $gift } مقابل { $points } نقطة
inbox-certificate = شهادة من { $organisation }
inbox-stars_told = بُلغت { $before } نجوم، وتبقى { $after } بحسب { $time } من الوقت المعتمد.
inbox-act_confirm = أكّد
inbox-act_decline = لا تؤكد
inbox-act_grant = اقبل
inbox-act_refuse = ارفض
inbox-act_withdraw = اسحب النجوم
inbox-act_keep = أبقِ النجوم
inbox-act_reject = ارفض الاعتراض
inbox-act_approve = موافقة
inbox-act_name = كان هذا هو النشاط
inbox-act_letter = تسجيل الخطاب
inbox-act_release = الموافقة على المغادرة
inbox-act_accept = استقبال
inbox-act_give_up = التخلي عن الانتقال
inbox-act_hand_out = سُلّمت
inbox-done = اتُّخذ القرار.
review-clean = { $count ->
    [0] لا قيد سليمًا ينتظر.
    [one] ينتظر قيد سليم واحد: { $hours } ساعة.
    [two] ينتظر قيدان سليمان: { $hours } ساعة.
    [few] تنتظر { $count } قيود سليمة من { $people } أشخاص: { $hours } ساعة.
   *[other] ينتظر { $count } قيدًا سليمًا من { $people } شخصًا: { $hours } ساعة.
  }
people_certificate-valid = صالحة
people_certificate-stale = صُححت الساعات منذ إصدارها
people_certificate-superseded = استُبدلت
people_certificate-unknown = { $code }
review-not_seen = نادى { $inspector } الاسم ذلك اليوم ولم ير صاحبه
review-long_stay = ربما حضور واحد مدته { $duration }
review-approved = { $count ->
    [one] اعتُمد قيد واحد.
    [two] اعتُمد قيدان.
    [few] اعتُمدت { $count } قيود.
   *[other] اعتُمد { $count } قيدًا.
  }
review-rejected = { $count ->
    [one] رُفض قيد واحد.
    [two] رُفض قيدان.
    [few] رُفضت { $count } قيود.
   *[other] رُفض { $count } قيدًا.
  }
review-more_stay = … وبقي { $count } أخرى كما هي.
filter-kept = { $value }
filter-flag = ملاحظة: { $value }
filter-site = الموقع: { $value }
filter-organisation = المنظمة: { $value }
filter-terminal = الجهاز: { $value }
filter-method = طريقة القراءة: { $value }
filter-waited = ينتظر منذ { $value } يومًا أو أكثر
filter-late = المتأخر فقط
filter-day = التاريخ: { $value }
filter-person = المتطوع: { $value }
filter-text = الاسم أو الموقع: { $value }
filter-name_kept = المعروض
filter-name_flag = الملاحظة
filter-name_site = الموقع
filter-name_organisation = المنظمة
filter-name_terminal = الجهاز
filter-name_method = طريقة القراءة
filter-name_waited = أيام الانتظار
filter-name_late = المتأخر
filter-name_day = التاريخ
filter-name_person = المتطوع
filter-name_text = الاسم أو الموقع
filter-name_after = الصفحة
filter-dropped = تعذّرت قراءة هذه الأجزاء من العنوان فلم تُستعمل في التصفية: { $names }.
review-credited = صارت القراءتان حضورًا واحدًا؛ اعتُمد من سطره { $duration }.
review-lifted = رُفع الحد اليومي؛ يُحسب السطر من جديد ثم ينتظر قرارًا خاصًا به.
review-nothing = لم يُختر شيء، فلم يُتخذ قرار.
review-held_approved = القيود التي ستُعتمد: { $count }، بعد { $minutes } من الدقائق؛ ويمكن التراجع حتى ذلك الحين.
review-held_rejected = القيود التي ستُرفض: { $count }، بعد { $minutes } من الدقائق؛ ويمكن التراجع حتى ذلك الحين.
review-reopened_now = { $count ->
    [one] أُلغي الرفض؛ يُعاد حساب البند وينتظر قرارًا.
    [two] أُلغي رفضان؛ يُعاد حساب البندين وينتظران قرارًا.
    [few] أُلغيت { $count } حالات رفض؛ يُعاد حساب البنود وتنتظر قرارًا.
    [many] أُلغيت { $count } حالة رفض؛ يُعاد حساب البنود وتنتظر قرارًا.
   *[other] أُلغيت { $count } حالة رفض؛ يُعاد حساب البنود وتنتظر قرارًا.
}
review-undone = تم التراجع. القيود التي تنتظر قراراً من جديد: { $count }.
review-asked_approve = اعتماد القيود: { $count }
review-asked_approve_clean = اعتماد القيود السليمة: { $count }
review-asked_reject = رفض القيود: { $count }
review-asked_lift_cap = رفع الحد اليومي
review-asked_credit_stay = احتسابها إقامةً واحدة
review-held_lift_cap = سيُرفع الحد اليومي بعد { $minutes } من الدقائق؛ ويمكن التراجع حتى ذلك الحين.
review-held_credit_stay = ستُحتسب القراءتان إقامةً واحدة بعد { $minutes } من الدقائق؛ ويمكن التراجع حتى ذلك الحين.
review-state_held = ما زال التراجع ممكناً
review-state_undone = تم التراجع عنه
review-state_posted = رُحِّل
review-state_refused = لم يُرحَّل شيء
review-reopened = رفضه { $by } من قبل (القيد { $entry }): { $why }؛ أعاد فتحه { $other }: { $reason }؛ الجديد بعد ذلك: { $new } ساعة
preview-line = { $activity }، { $day }: { $before } ساعة من دونه، و{ $after } ساعة معه.
preview-remark = وستظهر الملاحظة: { $remark }
preview-refused = الصفوف التي ستُرفض: { $number }
preview-row = الصف
preview-column = العمود
preview-why = ما الخطأ وما المطلوب
preview-fix = ما العمل
preview-converted = الخلايا التي ستُقرأ على غير ما كُتبت (9 لأي رقم، و{"\u2066A\u2069"} و{"\u2066a\u2069"} للحروف):
preview-cells = الخلايا
preview-change = ما يُفعل
preview-example = مثلًا
preview-volunteers = المتطوعون: الجدد { $new }، والمعروفون { $unchanged }.
preview-memberships = العضويات: الجديدة { $new }، والباقية كما هي { $unchanged }.
preview-assignments = التكليفات: الجديدة { $new }، وبمهمة أخرى { $changed }، والباقية كما هي { $unchanged }.
preview-cards = البطاقات والهواتف والرموز: الجديدة { $new }، والمعروفة { $unchanged }.
preview-new_volunteers = المتطوعون الجدد: { $numbers }
preview-new_cards = جديد، { $card }: للمتطوعين { $numbers }
preview-changed_post = مهمة أخرى في { $activity }: { $numbers }
preview-all_stopped = لن يُستورد شيء على هذه الحال: صحّح هذه الصفوف، أو تجاوزها بالخيار {"\u2066--skip-broken\u2069"}.
preview-stored_nothing = هذه معاينة: لم يُحفظ شيء.
conversion-between = تُحذف الفراغات والشرطات ونحوها
conversion-case = تصير الحروف الصغيرة كبيرة
conversion-composed = يصير الحرف وعلامته محرفًا واحدًا
conversion-country = تُضاف + ورمز البلد قبله
conversion-float = تُحذف {"\u2066.0\u2069"} التي أضافها برنامج الجداول
conversion-leading_zeros = تُحذف الأصفار من أوله
conversion-look_alike = يصير ما يشبه {"\u2066X\u2069"} حرف {"\u2066X\u2069"}
conversion-other_form = تصير العلامات العريضة وأرقام الكتابات الأخرى من {"\u2066ASCII\u2069"}
conversion-prefix = تُحذف {"\u20660x\u2069"}
conversion-spaces = تصير الفراغات فراغًا واحدًا
conversion-unseen = تُحذف العلامات التي لا تُرى
conversion-unknown = { $code }
preview-nothing = لن يغيّر أي ساعات.
preview-held = لن يُحتسب. { $why }
preview-of_number = الرقم { $number }:
preview-merged = { $activity }، { $day }: { $before } ساعة قبل ذلك، و{ $after } ساعة بعده.
merge-done = صار المتطوع { $gone } يُعرف بالرقم { $kept }؛ وما يكسبه { $kept } ينتظر المراجعة.
merge-taken_back = عاد { $kept } و{ $gone } شخصين؛ وما يكسبه { $gone } ينتظر المراجعة.
already-out = يوجد انصراف من قبل عند { $at }؛ ليحل الجديد محله أضف --instead-of { $event }.
already-in = يوجد حضور من قبل عند { $at }؛ ليحل الجديد محله أضف --instead-of { $event }.
dispute-nothing_changed = هذه الإجابة لا تصحح شيئًا بذاتها: اذكر الأوقات، أو صحّح بيانات النشاط.
command-entry_stays = يبقى القيد { $entry } كما هو: { $why }
card-sms_in = الهاتف
card-id_card = بطاقة الهوية
card-card = البطاقة اللاسلكية
card-tag = الشريحة
card-other_code = الرمز
card-unknown = { $code }

## The terminal's certificate, by which the broker knows it

label-certificate = الشهادة
certificate-days = { $count ->
    [0] انتهت
    [one] بقي يوم واحد
    [two] بقي يومان
    [few] بقيت { $count } أيام
    [many] بقي { $count } يومًا
   *[other] بقي { $count } يوم
}
certificate-warning = يجدّد الجهاز شهادته بنفسه متى اتصل بالشبكة. إذا انتهت الشهادة فلن يُسمح له بالاتصال: اتصلوا بالمركز.

## تسجيل جهاز

enrol-expired = انتهت صلاحية رمز { $terminal }.
    .remedy = اطلب من المركز رمزًا جديدًا (`muster terminal add` أو `muster terminal renew`).
enrol-used = رمز { $terminal } استُعمل من قبل في طلب آخر، وقد أُبلغ المركز بذلك.
    .remedy = إن لم يكن ذلك هذا الجهاز فاطلب من المركز سحب الثقة من { $terminal }، واطلب رمزًا جديدًا.
enrol-foreign = لا يعرف المركز هذا الرمز.
    .remedy = اطلب رمزًا من المركز الذي سيتبعه هذا الجهاز.
enrol-name_taken = أُعطي الاسم { $terminal } في هذه الأثناء لجهاز آخر، أو سُحب.
    .remedy = اطلب من المركز رمزًا باسم آخر.
enrol-same_keys = يعرف المركز هذه المفاتيح: فهي مفاتيح الجهاز { $terminal }، وهذا إذن نسخة من قرصه.
    .remedy = شغّل `muster enrol TOKEN --again` برمز جديد، فينشئ الجهاز مفاتيح خاصة به.
enrol-declined = رفض شخص في المركز هذا الجهاز.
    .remedy = اتصل بالمركز وقارن الكلمات الست، ثم اطلب رمزًا جديدًا أو شغّل الأمر مرة أخرى.
    .here = اتصل بالمركز وقارن الكلمات الست، ثم اطلب رمزًا.
enrol-busy = لدى المركز طلبات أكثر مما يستطيع الرد عليه.
    .remedy = انتظر دقيقة ثم شغّل الأمر نفسه.
    .here = تُعاد المحاولة تلقائيًا.
enrol-malformed = لا يفهم المركز وهذا الجهاز أحدهما الآخر.
    .remedy = ثبّت الإصدار نفسه من Muster في الطرفين، ثم شغّل الأمر مرة أخرى.
    .here = ثبّت الإصدار نفسه من Muster في الطرفين.
enrol-not_now = لا يستطيع المركز تسجيل أجهزة الآن، وما زال الرمز صالحًا.
    .remedy = ليُنظر هناك في سجل `muster enrol-server`، ثم شغّل الأمر نفسه.
    .here = ليُنظر هناك في سجل `muster enrol-server`؛ وتُعاد المحاولة تلقائيًا.
enrol-no_token = هذا ليس رمز تسجيل: فالرمز يبدأ بـ MUSTER1.
    .remedy = انسخ السطر الذي طبعه المركز كاملًا.
enrol-newer = هذا من إصدار من Muster أحدث من المثبّت هنا.
    .remedy = حدّث Muster على هذا الجهاز.
enrol-mistyped = الرمز ناقص أو فيه خطأ في الكتابة.
    .remedy = قارنه بالسطر الذي طبعه المركز، أو امسح رمز QR.
    .here = أمسك الرمز مستقيمًا وثابتًا، فإن كان تالفًا فاطلب من المركز رمزًا جديدًا.
enrol-other_centre = عند { $host } يجيب مركز غير الذي أصدر الرمز، ولم يُقل له شيء.
    .remedy = تحقق من الشبكة ومن عنوان المركز، فإن صحّا فاطلب من المركز رمزًا جديدًا.
enrol-clock_behind = ساعة هذا الجهاز تقول { $time }، وشهادة المركز تبدأ بعد ذلك.
    .remedy = صِله بخادم وقت أو اضبط ساعته (`timedatectl set-time`)، وما زال الرمز صالحًا.
    .here = صِله بخادم وقت أو اضبط ساعته، فيكمل تلقائيًا.
enrol-clock_ahead = ساعة هذا الجهاز تقول { $time }، وشهادة المركز تكون قد انتهت حينئذ.
    .remedy = اضبط الساعة إن كانت خاطئة، وإلا فأعد تشغيل `muster enrol-server` في المركز.
enrol-other_request = هذا الرد ليس لطلب هذا الجهاز.
    .remedy = خذ ملف الرد الذي أعدّه المركز لأحدث ملف طلب من هذا الجهاز.
enrol-unreachable = لا يمكن الوصول إلى المركز عند { $host }: { $why }.
    .remedy = تحقق من الشبكة ومن أن `muster enrol-server` يعمل هناك، ثم شغّل الأمر نفسه، أو استعمل --request-file وذاكرة محمولة.
    .here = تحقق من الشبكة؛ وتُعاد المحاولة تلقائيًا.
enrol-keys_in_use = لهذا الجهاز مفاتيح ({ $file }).
    .remedy = إن جاز التخلي عنها فقط فشغّل الأمر مع --again ورمز جديد.
    .here = إن جاز التخلي عنها فقط فشغّل هنا `muster enrol TOKEN --again` برمز جديد.
enrol-other_log = السجل على هذا الجهاز هو سجل { $before }، والمطلوب أن يُسمّى الآن { $terminal }.
    .remedy = دعه يُسلَّم أو صدّره (`muster log export`)، وانقل { $file } إلى مكان آخر، ثم شغّل `muster enrol`.
enrol-not_written = لا يمكن كتابة { $file }: { $why }.
    .remedy = أفرغ بعض المساحة أو شغّل الأمر بحساب root، ثم شغّل `muster enrol` مرة أخرى فيكمل من حيث توقف.
    .here = أفرغ بعض المساحة على قرصه.
enrol-no_reply = ليس في { $file } رد من مركز: { $why }.
    .remedy = اذكر الملف الذي كتبه {"\u2066`muster terminal answer`\u2069"} في المركز.
enrol-not_begun = ليس هنا تسجيل يمكن إكماله.
    .remedy = شغّل `muster enrol TOKEN` بالرمز الذي طبعه المركز.
enrol-no_address = لا يُعرف أين يسجّل المركز الأجهزة.
    .remedy = استعمل --request-file وذاكرة محمولة، أو اكتب `host` تحت [enrolment] في إعدادات المركز وأنشئ رمزًا جديدًا.
enrol-no_centre = لم يُذكر أي مركز سيوافق على هذا الجهاز.
    .remedy = اكتب --centre HOST:PORT و --fingerprint HEX، أو `address` و `fingerprint` تحت [enrolment] في kiosk.toml؛ ويذكرهما `muster terminal list` في المركز.
    .here = اكتب `address` و `fingerprint` تحت [enrolment] في kiosk.toml؛ ويذكرهما `muster terminal list` في المركز.
enrol-unknown = رفض المركز للسبب « { $code } ».
    .remedy = حدّث Muster على هذا الجهاز.

enrolling-words = الكلمات الست لمفتاح هذا الجهاز: { $words }
enrolling-waiting = طُلبت موافقة المركز. هناك: {"\u2066"}{ $command }{"\u2069"}
enrolling-clock = في انتظار الوقت الصحيح، ويُنهى ذلك بـ Ctrl-C.
enrolling-written = الطلب في { $file }. في المركز، في مجلده: {"\u2066muster terminal answer "}{ $name }{" reply.json\u2069"}، ثم هنا: {"\u2066muster enrol --reply-file "}{ $reply }{"\u2069"}
enrolling-done = هذا الجهاز هو الآن { $terminal } في { $site } ({ $zone })، ويتبع { $centre }.
enrolling-next = الخدمات التي كانت تنتظر ذلك تتابع من تلقاء نفسها. وإن كان مسجّلًا من قبل فأعد تشغيلها: systemctl restart muster-kiosk muster-uplink

## التسجيل والشهادات: ما قد يختل

error-no_centre_yet = لا يتبع هذا الجهاز أي مركز بعد: ما زالت قيمة {"\u2066`centre_key`\u2069"} كما جاءت مع الملف.
    .remedy = سجّله: {"\u2066`muster terminal add`\u2069"} في المركز، ثم {"\u2066`muster enrol TOKEN`\u2069"} هنا.
error-enrolment_incomplete = يعرف هذا الجهاز مركزه، لكن ينقصه مفتاح من مفاتيحه: { $path }. وهو لا يقبل أحدًا.
    .remedy = أنشئ في المركز رمزًا بالأمر `muster terminal renew`، وشغّل هنا `muster enrol TOKEN --again`.
error-token_not_taken = قُرئ الرمز، لكن لا خدمة تأخذه من { $file }.
    .remedy = شغّل `systemctl enable --now muster-enrol-here.path` أو `muster enrol TOKEN` بحساب root.
error-nobody_waits = لا ينتظر أي جهاز بالرمز { $code }.
    .remedy = قارنه بشاشة الجهاز وبما يعرضه {"\u2066`muster terminal list`\u2069"}.
error-request_decided = بُتّ في الطلب { $code } من قبل.
    .remedy = انظر {"\u2066`muster terminal list`\u2069"}.
error-name_and_site_wanted = يحتاج الجهاز الذي بلا رمز تسجيل إلى اسم وموقع.
    .remedy = اكتب {"\u2066--name\u2069"} و{"\u2066--site\u2069"}.
error-enrolment_names_another = رمز هذا الطلب مخصص للجهاز { $terminal } في { $site }.
    .remedy = احذف {"\u2066--name\u2069"} و{"\u2066--site\u2069"}، أو ارفضه وأصدر رمزًا آخر.
error-revoked_list_not_written = تعذّرت كتابة قائمة الشهادات الملغاة { $path }: { $why }.
    .remedy = حرّر بعض المساحة، أو أسند المجلد إلى حساب خدمات المركز.
error-terminal_name_taken = يوجد جهاز باسم { $terminal } من قبل.
    .remedy = اختر اسمًا آخر؛ ولمفاتيح جديدة للجهاز نفسه استخدم {"\u2066`muster terminal renew"} { $terminal }{"`\u2069"}.
    .page = اختر اسمًا آخر؛ ولمفاتيح جديدة للجهاز نفسه افتح صفحته.
error-terminal_name_taken_at = يوجد جهاز باسم { $terminal } من قبل في { $site }.
    .remedy = اختر اسمًا آخر؛ ولمفاتيح جديدة للجهاز نفسه استخدم {"\u2066`muster terminal renew"} { $terminal }{"`\u2069"}.
error-terminal_name_revoked = أُلغي هنا جهاز باسم { $terminal }، وما أرسله باقٍ باسمه.
    .remedy = اختر اسمًا آخر، مثل { $terminal }-2.
error-enrolment_host_missing = لا تذكر الإعدادات أين تصل الأجهزة إلى هذا المركز لتسجيلها.
    .remedy = اكتب {"\u2066`host`\u2069"} تحت {"\u2066[enrolment]\u2069"}، أو سجّل الأجهزة بالملفات: {"\u2066`muster terminal answer`\u2069"}.
error-enrolment_certificate_unusable = تعذّر استخدام الشهادة { $path }: { $why }.
    .remedy = نفّذ {"\u2066`muster centre prepare`\u2069"} بحساب خدمات المركز، فهو ينشئها.
error-enrolment_port_taken = تعذّر تسجيل الأجهزة على { $listen }:{ $port }: { $why }.
    .remedy = أوقف ما يشغل هذا المنفذ، أو صحّح {"\u2066`listen`\u2069"} و{"\u2066`port`\u2069"} تحت {"\u2066[enrolment]\u2069"}.
error-form_key_not_readable = تعذّرت قراءة الملف السري { $path }: { $why }.
    .remedy = نفّذ {"\u2066`muster centre prepare`\u2069"} بحساب خدمات المركز.
error-certificate_for_other = الشهادة مخصصة للجهاز { $other }، وهذا هو { $terminal }.
    .remedy = راجع قائمة الوصول في خادم الرسائل.
error-certificate_other_realm = الشهادة من نطاق { $other }، وهذا الجهاز من نطاق { $realm }.
    .remedy = صِل الجهاز بمركز من نطاقه.
error-certificate_is_none = ما أرسله المركز ليس شهادة.
    .remedy = حدّث هذا الطرف.
error-public_key_weak = المفتاح العام { $key } لا يخص أحدًا: يستطيع أي شخص التوقيع به.
    .remedy = انسخ المفتاح الصحيح من صاحبه من جديد.
error-terminal_name_reserved = لا يمكن تسمية جهاز { $name }: تمنح قائمة الوصول هذا الاسم صلاحيات أخرى.
    .remedy = اختر اسمًا آخر، كاسم مكانه مثلًا.
error-terminal_name_wrong = لا يمكن تسمية جهاز { $name }.
    .remedy = اكتب من 2 إلى 32 من الحروف اللاتينية الصغيرة والأرقام والشرطات، مثل {"\u2066north-gate\u2069"}.
error-authority_key_other = المفتاح { $path } ليس على المنحنى P-256.
    .remedy = استعد المفتاح الصحيح من نسخة احتياطية.
error-authority_key_not_readable = تعذّرت قراءة المفتاح { $path }: { $why }.
    .remedy = تحقق من المسار ومن أن هذا الحساب يستطيع قراءته، أو استعده من نسخة احتياطية.
error-certificate_request_unsigned = طلب الشهادة غير موقّع بمفتاحه.
    .remedy = أنشئه من جديد.
error-certificate_key_other = طُلبت شهادة لمفتاح ليس على المنحنى P-256.
    .remedy = أنشئ مفتاحًا آخر.
error-authority_pair_broken = مفتاح جهة الإصدار وشهادتها لا يتطابقان.
    .remedy = استعدهما معًا من نسخة احتياطية واحدة.
error-certificate_not_readable = تعذّرت قراءة الشهادة { $path }: { $why }.
    .remedy = تحقق من المسار ومن أن هذا الحساب يستطيع قراءتها، أو استعدها من نسخة احتياطية.
error-certificate_and_key_one_file = الشهادة ومفتاحها في ملف واحد، { $path }.
    .remedy = افصلهما: {"\u2066certificate_file\u2069"} و{"\u2066key_file\u2069"} تحت {"\u2066[broker]\u2069"}.
error-certificate_request_is_none = طلب الشهادة ليس طلبًا صالحًا {"\u2066(PKCS #10, DER)\u2069"}.
    .remedy = أنشئه من جديد.
error-pkcs11_key_unusable = تعذّر استخدام المفتاح { $key } في الوحدة { $token }: { $why }.
    .remedy = تحقق من المكتبة { $module } والوحدة والاسم والرقم السري؛ ويُنشأ مفتاح جديد بالأمر {"\u2066`pkcs11-tool --module"} { $module } {"--token-label"} { $token } {"--login --keypairgen --key-type EC:prime256v1 --label"} { $key }{"`\u2069"}.
error-pkcs11_key_name_wrong = المفتاح { $key } غير مسمّى كما يجب.
    .remedy = اكتب {"\u2066pkcs11:token=LABEL;object=LABEL?module-path=LIBRARY&pin-source=file:PATH\u2069"}.
error-pkcs11_pin_not_readable = تعذّرت قراءة الرقم السري للوحدة { $token } من { $path }: { $why }.
    .remedy = اكتبه هناك بحيث لا يقرؤه إلا هذا الحساب.
error-pkcs11_tool_missing = يحتاج المفتاح في الوحدة { $token } إلى البرنامج { $program }.
    .remedy = ثبّته: {"\u2066`apt install opensc`\u2069"}.

## ما يُبلغ به الجهاز المركزَ فورًا، بحسب رمز الإنذار

alarm-clock_jump = ضُبطت ساعة الجهاز بثانيتين أو أكثر أثناء عمله.
    .remedy = لا شيء إن صحّحها خادم الوقت بعد التشغيل؛ وإلا فابحث عمّن ضبطها.
alarm-disk_full = قرص الجهاز يكاد يمتلئ: يواصل التسجيل في حيّز احتفظ به لذلك.
    .remedy = أفسح مكانًا فيه، وتأكد من أن الأرشفة تجري: لا يُحذف إلا ما أُرشف.
alarm-log_salvaged = كان سجل الجهاز تالفًا، وحُفظ ما أمكنت قراءته.
    .remedy = استبدل بطاقته ومزوّد طاقته، وأدخِل ما ينقص: {"\u2066`muster manual enter`\u2069"}.
    .page = استبدل بطاقته ومزود طاقته وأدخل ما ينقص في كشف.
alarm-setting_refused = لا يقبل الجهاز إعدادًا أعطاه المركز.
    .remedy = صحّحه ({"\u2066`muster centre settings`\u2069"})، أو رقِّ الجهاز.
alarm-staff_orders = أعطى الموظفون الجهاز أوامر: إيقافًا أو اتجاهًا أو نشاطًا.
    .remedy = اسألهم إن لم يكن ينبغي لأحد أن يفعل ذلك.
alarm-terminal_revoked = نفّذ الجهاز إلغاءه.
    .remedy = إن ذكر التفصيل ما تعذّر حذفه فأتلِف بطاقته.
alarm-fork = حدثان مختلفان يدّعيان الموضع نفسه من سجل هذا الجهاز: أُعيدت صورة البطاقة، أو لدى جهاز ثانٍ مفاتيحه.
    .remedy = أخرج الجهاز من الخدمة، وابحث عن النسخة، ونفّذ `muster terminal renew`؛ ثم `muster centre settle-alarm`.
    .page = أوقف الجهاز وابحث عن النسخة وامنح الصحيح مفاتيح جديدة ثم أغلق الإنذار هنا.
alarm-log_shortened = يتابع سجل هذا الجهاز من قبل الموضع الذي علم به المركز: أُعيدت نسخة أقدم من بطاقته، أو تلف سجله. ما سجّله بعد ذلك الموضع ولم يرسله قط مفقود.
    .remedy = اسأل من كانوا هناك، وأدخل ما ينقص (`muster manual enter`)؛ ثم `muster centre settle-alarm`.
    .page = اسأل من كانوا حينها وأدخل ما ينقص في كشف ثم أغلق الإنذار هنا.
alarm-log_twins = حقبتان من سجل هذا الجهاز تتبعان الحقبة نفسها: نُسخت بطاقته، أو أُعيدت نسخة أقدم منها.
    .remedy = ابحث عن النسخة، وأعطِ الجهاز الصحيح مفاتيح خاصة به (`muster terminal renew`)؛ ثم `muster centre settle-alarm`.
    .page = ابحث عن النسخة وامنح الجهاز الصحيح مفاتيح جديدة ثم أغلق الإنذار هنا.
alarm-session_taken_over = جهاز آخر يتحدث إلى الوسيط بشهادة هذا الجهاز مرة بعد مرة.
    .remedy = ابحث عنه؛ يعطي `muster terminal renew` الجهاز الصحيح مفاتيح خاصة به؛ ثم `muster centre settle-alarm`.
    .page = ابحث عنه وامنح الصحيح مفاتيح جديدة ثم أغلق الإنذار هنا.
alarm-unknown = يُبلغ الجهاز عن { $code }.
    .remedy = إصدار Muster فيه أحدث: رقِّ المركز.

## `muster broker check`: ما يجب على خادم الرسائل، وكلفة غيابه، وما العمل

broker-check-head = خادم الرسائل { $broker }، عبر MQTT { $version }
broker-check-untried = تعذّرت التجربة: { $why }
broker-check-detail = ({ $detail })
broker-check-suits = كل ما يهم متحقق: هذا الخادم مناسب.
broker-check-unsuited = { $count ->
    [one] هذا الخادم غير مناسب بعد: بند واحد مهم غير متحقق (✖) أو لم يُجرَّب (·).
    [two] هذا الخادم غير مناسب بعد: بندان مهمان غير متحققين (✖) أو لم يُجرَّبا (·).
    [few] هذا الخادم غير مناسب بعد: { $count } بنود مهمة غير متحققة (✖) أو لم تُجرَّب (·).
   *[other] هذا الخادم غير مناسب بعد: { $count } بندًا مهمًا غير متحقق (✖) أو لم يُجرَّب (·).
}
broker-row-let_in = شهادات سلطة المركز تدخل
    .fails = لن تدخل الأجهزة ولا المركز.
    .remedy = اجعل خادم الرسائل يثق بسلطة هذا المركز ويعرف أسماء الفحص؛ يبيّن docs/operations.md الطريقة لكل خادم.
broker-row-mqtt_5 = يتكلم MQTT 5
    .fails = يعمل Muster أيضًا مع MQTT 3.1.1، لكن لا يُعلَن عندئذ عن الاستيلاء على معرّف عميل.
    .remedy = اكتب mqtt_version = "3.1.1" تحت [broker] في المركز وفي كل جهاز.
broker-row-mqtt_311 = يتكلم MQTT 3.1.1
    .fails = لا يدخل إلا العملاء الذين يتكلمون MQTT 5.
    .remedy = أبقِ mqtt_version = "5" تحت [broker] في المركز وفي كل جهاز.
broker-row-no_certificate = لا يدخل أحد بلا شهادة
    .fails = يستطيع أي أحد على الشبكة أن يتنصت على الأرقام والأوقات وأن يعيق التسليم.
    .remedy = اجعل خادم الرسائل يطلب شهادات العملاء.
broker-row-foreign_certificate = لا يدخل أحد بشهادة سلطة أخرى
    .fails = يستطيع كل من يصنع شهادة أن يدخل باسم جهاز.
    .remedy = اجعل خادم الرسائل يثق بسلطة هذا المركز وحدها.
broker-row-delivery = ما ترسله الأجهزة والمركز بعضها لبعض يصل
    .fails = تبقى تسجيلات الحضور في الأجهزة، أو القوائم والإعدادات في المركز.
    .remedy = قارن قائمة الوصول في خادم الرسائل بالملف config/acl.conf لهذه المواضيع.
broker-row-canary = المركز يسمع نفسه
    .fails = لن يُلاحَظ الاشتراك الأصم: يعيد المستقبِل الاتصال مرة بعد مرة.
    .remedy = دع المركز يقرأ ويكتب كل ما تحت muster/1/up.
broker-row-client_id = معرّف العميل مرتبط بالشهادة التي تحمل اسمه
    .fails = يستطيع أي جهاز مسجل أن يقطع اتصال أي جهاز آخر، والمركز أيضًا. لا يضيع شيء، لكن لا يُسلَّم شيء في الأثناء.
    .remedy = اجعل خادم الرسائل يربط معرّف العميل بالشهادة (RabbitMQ 4: ‏mqtt.ssl_cert_client_id_from، ‏EMQX: ‏peer_cert_as_clientid). ومن لا يستطيع ذلك فلا يحمل إلا أجهزة تثق بها.
broker-row-write_access = الجهاز لا يكتب إلا باسمه
    .fails = يستطيع جهاز أن يتكلم باسم جهاز آخر أو باسم المركز. تحفظ التواقيع صحة الساعات، لكنه يشوش ويضلل.
    .remedy = ضيّق قائمة الوصول في خادم الرسائل كما يفعل config/acl.conf.
broker-row-read_access = الجهاز لا يسمع إلا ما هو موجه إليه
    .fails = يستطيع جهاز أن يتنصت على أرقام سائر الأجهزة وأوقاتها وقوائمها.
    .remedy = ضيّق قائمة الوصول في خادم الرسائل كما يفعل config/acl.conf.
broker-row-order = رسائل الجهاز الواحد تحفظ ترتيبها
    .fails = تصل التسجيلات بلا ترتيب وتُطلب مرة بعد مرة: فتتأخر.
    .remedy = اختر خادمًا آخر، أو إضافة أخرى لبروتوكول MQTT.
broker-row-size = أكبر دفعة تصل كاملة
    .fails = بعد وقت طويل بلا شبكة يرسل الجهاز دفعات كبيرة، فلا تصل أبدًا.
    .remedy = اجعل خادم الرسائل يقبل حزمًا من 140000 بايت فأكثر.
broker-row-in_flight = عشر رسائل فأكثر في الطريق معًا
    .fails = تنتظر الأجهزة كلها بعضها بعضًا عند المركز حين يحضر كثيرون.
    .remedy = ارفع عدد الرسائل التي قد تكون في الطريق إلى عميل واحد (Mosquitto: ‏max_inflight_messages).
broker-row-session = من يأتي من جديد لا يصله قديم
    .fails = يأخذ الجهاز إجابات فات وقتها، وأخرى كانت لاتصال سابق.
    .remedy = اجعل خادم الرسائل يحترم الجلسات النظيفة.
broker-row-will = الاتصال الذي ينقطع يُعلَن
    .fails = تُظهر اللوحة أجهزة فقدت الخط على أنها متصلة.
    .remedy = اجعل خادم الرسائل ينشر الوصية الأخيرة لعملائه.
broker-row-retained = ما حُفظ لجهاز موجود حين يأتي، وزائل بعد سحبه
    .fails = لا يأخذ الجهاز إعداداته إلا بعد أن يحيّي المركز، متأخرًا بضع ثوانٍ.
    .remedy = اجعل خادم الرسائل يحفظ الرسائل المستبقاة على كل عقدة وينساها حين تُفرَّغ.
broker-row-retained_up = ما يطلب الجهاز حفظه من رسائله لا يُحفَظ، أو يُعلَن
    .fails = يحفظ ما يطلب الجهاز حفظه ولا يقول ذلك؛ يفرّغه المستقبِل عند اتصاله التالي.
    .told = يحفظ ما يطلب الجهاز حفظه ويقول ذلك؛ يفرّغه المستقبِل فورًا.
    .remedy = استعمل MQTT 5، أو امنع الأجهزة من استبقاء الرسائل تحت muster/1/up.
broker-row-shared = الاشتراكات المشتركة تُسلِّم
    .fails = لا يقدمها. ولا يحتاج إليها Muster: تتقاسم المستقبِلات الأجهزة بنفسها.
    .deaf = يمنحها ولا يسلّم شيئًا. لا يحتاج إليها Muster، ولا ينبغي لغيره أن يعتمد عليها هنا.
    .remedy = لا شيء يلزم فعله.
error-broker_host_wrong = القيمة { $host } في hosts تحت [broker] ليست مضيفًا.
    .remedy = اكتب قائمة أسماء أو عناوين بلا منافذ: {"\u2066hosts = [\"broker-1.example\", \"broker-2.example\"]\u2069"}.
error-broker_address_wrong = { $address } ليس عنوان خادم رسائل.
    .remedy = اكتب {"\u2066mqtts://HOST:PORT\u2069"}، مثل {"\u2066mqtts://broker.example:8883\u2069"}.
error-check_name_wrong = لا يمكن أن يأتي الفحص بالاسم { $name }.
    .remedy = تسمى أجهزة الفحص probe-1 وprobe-2 وهكذا، فلا يُزعَج جهاز حقيقي؛ ويسمى مركزه centre-9 مثلًا، لا باسم المستقبِل ({ $listener }).

## تصحيح الأوقات والاعتراضات

page-corrected = تصحيح الأوقات
page-corrected_why = ما يُدخل هنا يُحتسب بعد أن يؤكده شخص ثانٍ؛ ثم يُحسب السطر من جديد وينتظر المراجعة.
page-corrected_came = الحضور
page-corrected_left = الانصراف
page-corrected_instead = يُحتسب بدلاً من
page-corrected_would = ما الذي سيتغير:
page-corrected_preview = اعرض ما سيتغير
page-corrected_enter = أدخِل ليؤكده شخص ثانٍ
page-objection = اعتراض
page-objection_all = اعتراضات تنتظر الرد
page-objection_by = قدّمه
page-objection_people = من يقوم بماذا
page-objection_people_why = عند تصحيح أوقات يلزم ثلاثة أشخاص مختلفين غير المتطوع، واحد لكل خطوة؛ وإن لم تُصحَّح أوقات فيكفي الأول.
page-mine_object_people = يجيب شخص لم يبتّ في هذه الساعات. وعند تصحيح أوقات يؤكدها شخص آخر ويراجع الساعاتِ من جديد شخصٌ ثالث.
page-review_hands = أُدخلت أوقات من هذا السطر يدويًا: لا يبتّ فيه من أدخل وقتًا منها أو أكده، بل مراجع آخر.
inbox-second_person = يؤكده شخص غير من أدخله وغير المتطوع. ومن يؤكده لا يراجع هذه الساعات بعد ذلك: يراجعها شخص ثالث.
objection-step_answer = الإجابة: شخص لم يبتّ في هذه الساعات من قبل. عدد من يمكنهم: { $able }
objection-step_confirm = تأكيد الأوقات المصححة: شخص غير من أجاب. عدد من يمكنهم: { $able }
objection-step_review = مراجعة الساعات من جديد: شخص لم يُدخل هذه الأوقات ولم يؤكدها؛ ومن بتّ من قبل يجوز له ذلك. عدد من يمكنهم: { $able }
objection-decided = بتّ في هذه الساعات من قبل: { $names }
objection-missing_answer = ينقص: مراجع ثانٍ لم يبتّ في هذه الساعات من قبل. يستطيع من يدير الحسابات إضافته.
objection-missing_confirm = ينقص: شخص آخر يستطيع تأكيد الأوقات المصححة. يستطيع من يدير الحسابات إضافته.
objection-missing_review = ينقص: شخص ثالث يستطيع مراجعة الساعات من جديد. يستطيع من يدير الحسابات إضافته.
page-objection_answer = الرد
page-walk_in = شخص حضر دون قائمة
page-groups = مجموعات بلا أسماء
page-groups_people = الحاضرون في مجموعات:
page-groups_came = حضروا في مجموعات خلال يوم:
page-walk_in_all = من حضروا دون أن تضمهم قائمة
page-walk_in_sealed = لم يعد ممكنًا معرفة من هو: حُذف المفتاح الذي خُتم به. قد يعرفه موظفو الموقع.
page-walk_in_telephone = الهاتف
page-walk_in_where = المكان
page-walk_in_when = حضر في
page-walk_in_reason = السبب
page-walk_in_signed = قيّده
page-walk_in_name = الاسم
page-walk_in_like = متطوعون بهذا الاسم:
page-walk_in_match = كان متطوعًا مسجّلًا
page-walk_in_match_do = احتسبه لهذا المتطوع
page-walk_in_register = كان شخصًا جديدًا
page-walk_in_register_do = سجّله واحتسب
page-walk_in_refuse = لا يُحتسب لأحد
page-walk_in_refuse_do = ارفض
objection-upheld = قبول
objection-partly_upheld = قبول جزئي
objection-rejected = رفض
page-inbox_open = انظر السطر وأجب
objection-records = الأوقات التي تنتظر تأكيد شخص ثانٍ: { $count }.
objection-reopened = القيود المرفوضة التي أُعيد فتحها: { $count }.
## Terminals, accounts and the audit on pages

page-terminals_all = الأجهزة
page-terminals_working = قيد العمل
page-terminals_troubled = فيها خلل
page-terminals_revoked = ملغاة
page-terminals_text = الاسم أو الموقع
page-terminals_unsent = لم يُرسل بعد
page-terminals_software = البرنامج
page-terminals_roster = القائمة
page-terminals_settings = الإعدادات
page-terminals_no_edition = لا شيء بعد
page-terminals_newest = الأحدث
page-terminals_none = لا جهاز كهذا.
page-terminals_is_revoked = أُلغي
page-terminals_well = لا خلل
page-terminals_wiped = نسي ما كان يحمله:
page-terminals_wipe_told = طُلب منه أن ينسى ما يحمله، ولم يؤكد ذلك بعد:
page-terminals_wipe_waits = سيُطلب منه أن ينسى ما يحمله حالما يعمل المستمع.
page-terminals_health = حالته
page-terminals_words = الكلمات الست لمفتاحه
page-terminals_enrolled = سُجّل
page-terminals_alarms = الإنذارات
page-terminals_alarm_open = مفتوح
page-terminals_alarm_settled = سُوّي
page-terminals_what_it_was = ماذا كان
page-terminals_settle = تسوية الإنذار
page-terminals_no_alarm = لا إنذار.
page-terminals_log = سجله
page-terminals_epochs = الحقب
page-terminals_refused = ما لم يُقبل
page-terminals_gaps = الأحداث الناقصة
page-terminals_numbers = الأرقام
page-terminals_where = أين هي
page-terminals_no_gap = وصل كل ما أخبر به.
page-terminals_newest_epochs = أحدث الحقب
page-terminals_head = أُخبر به
page-terminals_archived = مؤرشف
page-terminals_follows = يتبع
page-terminals_no_epoch = لم يصل من سجله شيء.
page-terminals_acts = ما يمكن فعله
page-terminals_change_settings = تغيير إعداداته
page-terminals_renew = إنشاء رمز لمفاتيح جديدة
page-terminals_renew_why = للجهاز نفسه بعد نسخ بطاقته أو فقد مفاتيحه. ويستمر سجله.
page-terminals_revoke = إلغاء
page-terminals_revoke_why = من الآن لا يُصدَّق شيء مما يرسله، ولا يقبل أحدًا، ويُطلب منه أن ينسى القائمة والإعدادات والمفاتيح. ولا يُعطى اسمه لغيره أبدًا. ويبقى ما أرسله من قبل.
page-terminals_keep = اتركه كما هو
page-terminals_shut = اجعل خادم الرسائل يرفضه
page-terminals_shut_why = الأفضل بعد أن ينسى ما يحمله: فمن يرفضه خادم الرسائل لا يمكن إخباره بعد ذلك. قد يستغرق هذا دقيقة.
page-terminals_strangers = رسائل غير المسجَّلين
page-terminals_rivals = أحداث تدّعي مكان أحداث محفوظة
page-terminals_messages = الرسائل
page-terminals_none_refused = لم يُنحَّ شيء.
page-terminals_bytes = بايتات
page-terminals_cut = تظهر البداية فقط
page-terminals_digits = بالأرقام الست عشرية
page-terminals_setting = الإعداد
page-terminals_set_here = يحدده المركز
page-terminals_value = القيمة
page-terminals_settings_why = ما لم تُعلَّم خانته يُترك لملف الجهاز نفسه. ولا يُرسل شيء قبل أن ترى ما سيتغير.
page-terminals_compare = عرض ما سيتغير
page-terminals_would_change = ما سيتغير
page-terminals_before = قبل
page-terminals_after = بعد
page-terminals_give = إرسال هذه الإعدادات
page-terminals_no_change = لن يتغير شيء.
page-terminals_history = ما غُيّر من قبل
page-terminals_no_history = لم يُغيَّر شيء بعد.
terminals-purged = مُسحت في الجهاز: لا يعيدها إلا الأرشيف
terminals-at_terminal = في الجهاز: يرسلها حالما يتصل
terminals-not_taken = لم يُقبل: { $why }
terminals-settled = سُوّي الإنذار.
terminals-revoked = أُلغي { $terminal }: لا يُصدَّق شيء مما يرسله بعد الآن.
terminals-turned_away = رُفض الطلب { $code }.
terminals-enrolled = سُجّل { $terminal }؛ ويأخذ ما يحتاج إليه خلال ثوانٍ.
terminals-waits = ينتظر السماح له: قارن الكلمات الست ووافق عليه، ثم أرسل الملف نفسه مرة أخرى.
terminals-settings_given = إعدادات الإصدار { $version } في طريقها إليه.
terminals-own_file = ملفه نفسه
terminals-language_of_site = لغة الموقع
page-group_settings = إعدادات عدة أجهزة
page-group_organisation = المنظمة
page-group_every = الكل
page-group_members = أجهزة هذه المجموعة
page-group_take = ضمن المجموعة
page-group_edition = المُعطى
page-group_runs = المعمول به
page-group_why = لا يتغير إلا ما تختاره هنا من إعدادات في الأجهزة المؤشَّرة، ويبقى ما سواه مما أُعطي الجهاز. ولا يُعطى شيء قبل أن ترى ما سيتغير في كل جهاز.
page-group_does = ما الذي يحدث
page-group_keep = يبقى كما هو
page-group_set = يُضبط
page-group_leave = يُترك لملف الجهاز نفسه
page-group_give = أعطِ هذه الأجهزة كلها هذه الإعدادات
group-more = لا يظهر إلا أول { $count } جهاز، ولا يمكن تغيير غيرها معًا. اختر موقعًا.
group-given = { $count ->
    [0] لم يتغير شيء.
    [one] إعدادات جديدة في طريقها إلى جهاز واحد.
    [two] إعدادات جديدة في طريقها إلى جهازين.
    [few] إعدادات جديدة في طريقها إلى { $count } أجهزة.
    [many] إعدادات جديدة في طريقها إلى { $count } جهازًا.
   *[other] إعدادات جديدة في طريقها إلى { $count } جهاز.
  }
group-same = { $count ->
    [0] كل جهاز مختار سيُعطى شيئًا آخر.
    [one] لا يتغير شيء في جهاز مختار واحد.
    [two] لا يتغير شيء في جهازين مختارين.
    [few] لا يتغير شيء في { $count } أجهزة مختارة.
    [many] لا يتغير شيء في { $count } جهازًا مختارًا.
   *[other] لا يتغير شيء في { $count } جهاز مختار.
  }
confirmed-nothing_given = لم يعطِ المركز شيئًا
confirmed-waiting = لم يؤكَّد بعد
confirmed-in_force = معمول به
confirmed-unknown = { $code }
page-told_history = كيف كان
page-told_chart = الأيام السبعة الأخيرة
page-told_why = ما قاله الجهاز عن نفسه كلما تغيّر شيء، وليس دليلًا.
page-told_from = من
page-told_until = إلى
page-told_still = الآن
page-told_changed = ما تغيّر
page-told_nothing = لم يقل الجهاز شيئًا عن نفسه بعد.
page-told_temperature = الحرارة
told-link = الاتصال
told-is_silent = محرّكه صامت
told-clock = الساعة
told-temperature_c = الحرارة
told-disk_mib = الفارغ في قرصه
told-unsent = لم يُرسل بعد
told-software = البرنامج
told-roster = القائمة
told-settings = الإعدادات
told-low_voltage = الجهد منخفض
told-log_trouble = خلل في سجله
told-unknown = { $code }
told-yes = نعم
told-no = لا
told_link-online = متصل
told_link-offline = غير متصل
told_link-unknown = { $code }
told-times = { $count ->
    [one] تغيّر واحد.
    [two] تغيّر مرتين، ولا يظهر إلا الأخير.
    [few] تغيّر { $count } مرات، ولا يظهر إلا الأخير.
    [many] تغيّر { $count } مرة، ولا يظهر إلا الأخير.
   *[other] تغيّر { $count } مرة، ولا يظهر إلا الأخير.
  }
told-offline_minutes = { $count ->
    [0] لم يُذكر أنه انقطع في آخر { $days } أيام.
    [one] انقطع دقيقة واحدة في آخر { $days } أيام.
    [two] انقطع دقيقتين في آخر { $days } أيام.
    [few] انقطع { $count } دقائق في آخر { $days } أيام.
    [many] انقطع { $count } دقيقة في آخر { $days } أيام.
   *[other] انقطع { $count } دقيقة في آخر { $days } أيام.
  }
page-staff_messages = رسائل من المحطات
page-staff_messages_why = ما كتبه الموظفون عند المحطات إلى المركز. أجب برسالة على شاشاتهم.
page-staff_messages_read_by = قرأها
page-staff_messages_mark = قرأتها
page-staff_messages_none = لم يكتب أحد.
staff_messages-read = عُلِّمت كمقروءة.
page-tasks = اطلب منه أمرًا
page-tasks_why = قائمة قصيرة من أمور آمنة. ينفّذ الجهاز كلًّا منها مرة واحدة ويقول ذلك في سجله. ويُطلب من الجهاز المنقطع طوال ساعة.
page-tasks_ask = ما المطلوب
page-tasks_device = الوحدة
page-tasks_asked = ما طُلب منه
page-tasks_at = طُلب
page-tasks_what = المطلوب
page-tasks_by = الطالب
page-tasks_sent = أُرسل
page-tasks_result = ما آل إليه
page-tasks_none = لم يُطلب منه شيء بعد.
tasks-under_way = يُطلب منه حالما يتصل.
task-send_state = أن يخبر بحاله الآن
task-say_version = أن يذكر إصداراته
task-restart_device = أن يفتح وحدة من جديد
task-take_roster = أن يأخذ قائمته من جديد
task-out_of_order = أن يتوقف عن العمل
task-in_order = أن يعود إلى العمل
task-unknown = { $code }
task_result-done = تم
task_result-failed = لم يتم
task_result-not_known = لا يعرفه هذا الإصدار من الجهاز
task_result-too_late = لم يأتِ رد في الوقت
task_result-waits = ينتظر الرد
task_result-not_sent = لم يُرسل بعد
task_result-unknown = { $code }
page-screens = رسائل إلى الشاشات
page-screens_where = في هذه الأجهزة
page-screens_until = حتى
page-screens_for_all = على شاشة المتطوعين أيضًا
page-screens_say = أظهرها
page-screens_said = ما تقوله الشاشات
page-screens_none = لا رسالة بعد.
page-screens_end = اسحبها
screens-under_way = { $count ->
    [one] الرسالة في طريقها إلى جهاز واحد.
    [two] الرسالة في طريقها إلى جهازين.
    [few] الرسالة في طريقها إلى { $count } أجهزة.
    [many] الرسالة في طريقها إلى { $count } جهازًا.
   *[other] الرسالة في طريقها إلى { $count } جهاز.
  }
screens-ended = سُحبت الرسالة.
screen_state-living = معروضة الآن
screen_state-over = انتهت
screen_state-ended = مسحوبة
screen_state-unknown = { $code }
screen_place-shown = عُرضت منذ
screen_place-sent = أُرسلت، ولم تعرضها شاشة بعد
screen_place-not_sent = لم تُرسل بعد
screen_place-unknown = { $code }
page-enrolment = تسجيل الأجهزة
page-enrolment_token = الرمز
page-enrolment_token_why = يتيح الرمز لجهاز واحد أن ينضم مرة واحدة باسم واحد في موقع واحد.
page-enrolment_name = اسم الجهاز
page-enrolment_name_how = الاسم: من 2 إلى 32 من الحروف اللاتينية الصغيرة والأرقام والشرطات، مثل north-gate.
page-enrolment_minutes = صالح لمدة (دقائق)
page-enrolment_make = إنشاء رمز
page-enrolment_tokens = رموز ما زالت صالحة
page-enrolment_until = صالح حتى
page-enrolment_by = أنشأه
page-enrolment_waiting = في انتظار السماح
page-enrolment_code = الرمز على شاشته
page-enrolment_words = الكلمات الست
page-enrolment_asked = وقت الطلب
page-enrolment_nobody = لا أحد في قائمة الانتظار. ويُعثر على جهاز بلا رمز بالرمز الظاهر على شاشته.
page-enrolment_file = جهاز بلا شبكة
page-enrolment_file_why = أحضر ملف طلبه إلى هنا، وخذ إليه الجواب ملفًا.
page-enrolment_request_file = ملف الطلب
page-enrolment_answer = إنشاء الجواب
page-enrolment_refused = رُفضوا خلال أسبوع
page-enrolment_none_refused = لم يُرفض أحد.
page-enrolment_from = من
page-enrolment_compare = قارن الكلمات الست
page-enrolment_same = يعرض الجهاز الكلمات الست نفسها
page-enrolment_approve = السماح له
page-enrolment_turn_away = رفضه
page-enrolment_once = يُعرض هذه المرة فقط.
page-enrolment_hold = قرّب هذا الرمز من كاميرا الجهاز أو ماسحه:
page-enrolment_drawing = الرمز على هيئة QR
page-enrolment_type = أو اكتب هذا في الجهاز:
page-enrolment_no_host = لا تذكر الإعدادات عنوانًا تسأل فيه الأجهزة، فخذ طلبه ملفًا {"\u2066(--request-file)\u2069"} وأجب عنه في الصفحة السابقة.
page-accounts = الحسابات
page-accounts_new = حساب جديد
page-accounts_staff = العاملون
page-accounts_ended = منتهية
page-accounts_text = اسم الدخول أو الاسم
page-accounts_name = الاسم
page-accounts_login = اسم الدخول
page-accounts_level = المستوى
page-accounts_place = المنظمة
page-accounts_whole_tree = الشجرة كلها
page-accounts_roles = أدوار إلى جانب المستوى
page-accounts_second_factor = العامل الثاني
page-accounts_on = مفعّل
page-accounts_off = غير مفعّل
page-accounts_last_log_in = آخر دخول
page-accounts_none = لا حساب كهذا في نطاقك.
page-accounts_has_ended = انتهى
page-accounts_invited_until = مدعوّ حتى
page-accounts_acts = فعّال
page-accounts_no_password = بلا كلمة مرور: ادعُه
page-accounts_volunteer = رقم التطوع الخاص
page-accounts_made = أُنشئ
page-accounts_its_audit = من غيّر هذا الحساب
page-accounts_its_deeds = ما فعله هذا الحساب
page-accounts_to_do = ما يمكن فعله
page-accounts_change = تغيير الحساب
page-accounts_end = إنهاء الحساب
page-accounts_reset = إعادة ضبط العامل الثاني
page-accounts_end_log_ins = إنهاء جلسات دخوله
page-accounts_invite = إنشاء دعوة جديدة
page-accounts_invite_why = كما بعد نسيان كلمة المرور. وتبطل الدعوات السابقة.
page-accounts_same = اسم دخول حساب آخر للشخص نفسه
page-accounts_namesake = صاحب الاسم نفسه شخص آخر
page-accounts_make = إنشاء ودعوة
page-accounts_invitation = دعوة
page-accounts_once = يُعرض العنوان هذه المرة فقط.
page-accounts_hand_over = سلّم هذا العنوان للشخص وحده؛ فهناك تُحدَّد كلمة المرور:
accounts-changed = غُيّر الحساب { $login }.
page-tokens = رموز واجهة البرمجة
page-tokens_why = يعمل البرنامج بالرمز باسم حساب، ولا يتجاوز صلاحياته أبدًا.
page-tokens_new = رمز جديد
page-tokens_name = ما الذي يستخدمه
page-tokens_of = الحساب
page-tokens_for = الغرض
page-tokens_used = آخر استخدام
page-tokens_ends = ينتهي
page-tokens_days = لكم يومًا
page-tokens_good = صالح
page-tokens_over = انقضت مدته
page-tokens_revoked = أُنهي يدويًا
page-tokens_none = لا رمز بعد.
page-tokens_acts_as_you = يعمل باسم حسابك أنت، وبالصلاحيات التي لك في تلك اللحظة.
page-tokens_make = إنشاء الرمز
page-tokens_secret = سرّ الرمز
page-tokens_once = يُعرض هذه المرة فقط. ومن يملكه يعمل باسمك: سلّمه للبرنامج وحده ولا أحد غيره.
page-tokens_end = إنهاء الرمز
page-tokens_end_why = لا يُسمح بدخول ما يستخدمه من هذه اللحظة. ولا يمكن التراجع عن ذلك.
tokens-ended = لم يعد الرمز «{ $token }» صالحًا.
page-webhooks = الإشعارات الآلية
page-webhooks_why = يُبلَّغ عنوان خارجي تلقائيًا عند تسوية السجلات أو تغييرها أو سحبها: أرقام وأوقات دون أسماء أبدًا، ولا يتجاوز ما يقرؤه الحساب الذي أعدّه.
page-webhooks_new = إشعار جديد
page-webhooks_name = من يُبلَّغ
page-webhooks_address = العنوان ({"\u2066https\u2069"})
page-webhooks_kinds = بماذا
page-webhooks_kind = المضمون
page-webhooks_make = إعداد
page-webhooks_none = لا أحد يُبلَّغ بعد.
page-webhooks_on = مفعّل
page-webhooks_off = موقوف
page-webhooks_secret = سرّ الإشعار
page-webhooks_once = يُعرض هذه المرة فقط. وبه يعرف المستلم أن الرسالة من المركز: انظر {"\u2066docs/api.md\u2069"}.
page-webhooks_switch_on = تفعيل
page-webhooks_switch_off = إيقاف
page-webhooks_end = حذف
page-webhooks_try = إرسال رسالة تجريبية
page-webhooks_log = رسائل آخر 30 يومًا
page-webhooks_message = الرسالة
page-webhooks_lines = السجلات
page-webhooks_answer = الرد
page-webhooks_tries = المحاولات
page-webhooks_next = المحاولة التالية
page-webhooks_again = إرسال مجددًا
page-webhooks_delivered = سُلّمت
page-webhooks_waiting = تنتظر
page-webhooks_given_up = تُركت
page-webhooks_nothing_sent = لم يكن هناك ما يُرسل بعد.
webhooks-tried = رسالة تجريبية في الطريق.
webhooks-sent_again = تُرسل الرسالة مجددًا الآن بالمعرّف نفسه.
webhook_kind-lines_settled = سجلات سُوّيت
webhook_kind-lines_changed = سجلات تغيّرت
webhook_kind-lines_withdrawn = سجلات سُحبت
webhook_kind-webhook_trial = تجربة
webhook_kind-unknown = { $code }
webhook_act-off = إيقاف
webhook_act-on = تفعيل
webhook_act-end = حذف
webhook_act-unknown = { $code }
webhook_ask-off = لا يُرسل شيء بعد الآن. وما يُسوّى في الأثناء لا يُبلَّغ لاحقًا، وما ينتظر يبقى.
webhook_ask-on = يُبلَّغ من جديد بما يُسوّى من الآن، ويُرسل ما ينتظر.
webhook_ask-end = يُحذف العنوان وسرّه وما ينتظر له. ولا يمكن التراجع عن ذلك.
webhook_ask-unknown = { $code }
webhook_done-off = أُوقف «{ $webhook }».
webhook_done-on = فُعّل «{ $webhook }».
webhook_done-end = حُذف «{ $webhook }».
webhook_failure-bad_address = ليس هذا عنوانًا يجوز إبلاغه.
webhook_failure-not_public = المضيف ليس جهازًا عامًا.
webhook_failure-unknown_host = اسم المضيف لا يقود إلى شيء.
webhook_failure-no_connection = تعذّر الوصول إلى أحد هناك.
webhook_failure-not_trusted = شهادة المضيف غير موثوقة.
webhook_failure-timed_out = لم يأتِ رد في الوقت المحدد.
webhook_failure-no_answer = انتهى الاتصال دون رد.
webhook_failure-redirected = يشير إلى مكان آخر، ولا يُتبع ذلك: أدخل ذلك العنوان.
webhook_failure-gone = لا يريد شيئًا بعد الآن؛ وأُوقف الإشعار.
webhook_failure-refused = رُفضت.
webhook_failure-no_secret = تعذّرت قراءة السر: تغيّر سرّ المركز نفسه. أعدّ الإشعار من جديد.
webhook_failure-unknown = { $code }
error-BAD_WEBHOOK_ADDRESS = ليس هذا عنوانًا يجوز إبلاغه: يبدأ بـ {"\u2066https://\u2069"} ولا يزيد على { $most } من الأحرف ولا يحمل اسم مستخدم.
    .remedy = أدخل العنوان كما يعطيه المستلم.
error-BAD_WEBHOOK_NAME = اسم الإشعار من حرف واحد إلى { $most } من الأحرف المقروءة.
    .remedy = سمّه باسم من يُبلَّغ، مثل «لوحة المدينة».
error-NOTHING_TO_SEND_AGAIN = لم تعد لهذا الإشعار رسالة رقمها { $number }.
    .remedy = انظر رسائله: تُحفظ رسائل آخر 30 يومًا.
error-UNKNOWN_WEBHOOK = لا إشعار رقمه { $number } في نطاقك.
    .remedy = اختر واحدًا من قائمة الإشعارات.
error-WEBHOOK_FOR_NOTHING = لن يُبلَّغ الإشعار بشيء.
    .remedy = اختر شيئًا واحدًا على الأقل يُبلَّغ به.
error-WEBHOOK_NOT_PUBLIC = «{ $host }» ليس جهازًا عامًا، ولا يُبلَّغ سواه.
    .remedy = ضع المستلم حيث يصل إليه الإنترنت عبر {"\u2066https\u2069"}.
scope-read = قراءة: المواقع وما ينتظر والأدلة
scope-people = الأشخاص: الغائبون والمتطوعون
scope-review = البتّ في الساعات
scope-inbox = البتّ في ما ينتظر
scope-records = إدخال الأوقات يدويًا وتدوين الاعتراضات
scope-administration = الحسابات وسجل التدقيق
scope-master_data = إدخال الجهات والمواقع وتغييرها
scope-terminals = تكليف الأجهزة بمهام وإعطاؤها إعدادات
scope-unknown = { $code }
accounts_act-end = إنهاء الحساب
accounts_act-second_factor = إعادة ضبط العامل الثاني
accounts_act-log_ins = إنهاء جلسات دخوله
accounts_act-unknown = { $code }
accounts_ask-end = لا يعمل الحساب بعد ذلك ولا يدخل. ويبقى ما قرره. ولا رجعة في هذا.
accounts_ask-second_factor = فقط عند فقد الهاتف أو المفتاح: تبطل رموز المرة الواحدة ورموز الاسترداد، وتنتهي جلسات دخوله.
accounts_ask-log_ins = حيثما كان الدخول بهذا الحساب، تُطلب كلمة المرور من جديد.
accounts_ask-unknown = { $code }
accounts_done-end = لم يعد الحساب { $login } يعمل.
accounts_done-second_factor = أُزيل العامل الثاني لـ { $login } وأُنهيت جلسات دخوله.
accounts_done-log_ins = أُنهيت جلسات دخول { $login }.
page-audit = سجل التدقيق
page-audit_login = اسم دخول الفاعل
page-audit_action = ما فُعل
page-audit_kind = نوع الشيء
page-audit_subject = أي شيء
page-audit_who = من
page-audit_changes = التغييرات
page-audit_centre = المركز نفسه
page-audit_nothing = لا شيء من هذا مسجَّل في نطاقك.
page-audit_one_click = كل ما فعلته نقرة واحدة:
page-audit_same_click = كل ما في هذه النقرة
page-audit_whole = السجل كله
setting-direction = معنى المسح
setting-result_shown_s = ثواني عرض النتيجة
setting-question_shown_s = ثواني عرض السؤال
setting-staff_idle_min = دقائق حتى تُغلق شاشة الموظفين
setting-contact = بمن يُتصل
setting-sms_number = رقم الرسائل القصيرة
setting-language = لغة الشاشات
setting-activity = النشاط ما دام لا قائمة
setting-unknown = { $code }
shut-tried = يرفض خادم الرسائل شهادته؛ جُرّب ذلك. وأُنهي اتصاله.
shut-none_issued = لم يُصدر له هذا المركز شهادة: اسحبها حيث أُصدرت.
shut-not_reloaded = شهادته في قائمة الملغاة، لكن تعذّر إبلاغ خادم الرسائل بقراءتها. أعد تحميله ثم أعد المحاولة.
shut-not_seen = شهادته في قائمة الملغاة، لكن لم يُرَ خادم الرسائل يرفضها. افحص crlfile في mosquitto.conf وأعد تشغيل خادم الرسائل ثم أعد المحاولة.
shut-no_tls = شهادته في قائمة الملغاة وأُبلغ خادم الرسائل. ولا يمكن تجربة طاعته: [broker] لا يذكر شهادات.
shut-unknown = { $code }
error-no_terminal_here = لا جهاز «{ $terminal }» هنا في نطاقك.
    .remedy = اختر واحدًا من قائمة الأجهزة.
error-no_account_here = لا حساب { $number } هنا في نطاقك.
    .remedy = اختر واحدًا من قائمة الحسابات.
error-terminal_not_revoked = الجهاز { $terminal } غير ملغى.
    .remedy = ألغه أولًا.
error-words_not_compared = لم يُقل إن الكلمات الست متطابقة.
    .remedy = قارنها بشاشة الجهاز ثم علّم الخانة.
terminals-token_until = { $count ->
    [one] يُستعمل خلال دقيقة واحدة مرة واحدة.
    [two] يُستعمل خلال دقيقتين مرة واحدة.
    [few] يُستعمل خلال { $count } دقائق مرة واحدة.
    [many] يُستعمل خلال { $count } دقيقة مرة واحدة.
   *[other] يُستعمل خلال { $count } دقيقة مرة واحدة.
  }
accounts-invited_for = { $count ->
    [one] يُستعمل خلال يوم واحد مرة واحدة.
    [two] يُستعمل خلال يومين مرة واحدة.
    [few] يُستعمل خلال { $count } أيام مرة واحدة.
    [many] يُستعمل خلال { $count } يومًا مرة واحدة.
   *[other] يُستعمل خلال { $count } يوم مرة واحدة.
  }
## Activities, sheets and the import of volunteers

page-import = استيراد المتطوعين
page-import_why = قدّم قائمة بصيغة {"\u2066CSV\u2069"} أو مصنفًا ({"\u2066.xlsx\u2069"}). ترى أولًا ما ستفعله، ولا يُستورد شيء قبل أن تطلب ذلك.
page-import_file = القائمة
page-import_organisation = منظمة الصفوف التي لا تذكر منظمة
page-import_encoding = ترميز ملف {"\u2066CSV\u2069"}
page-import_sheet = ورقة المصنف إن كان فيه أكثر من ورقة
page-import_look = افحصها
page-import_columns = ما يمكن أن تحويه القائمة
page-import_required = أعمدة لا بد منها
page-import_optional = أعمدة ممكنة
page-import_most = الحد الأقصى
page-import_rows = صف
page-import_kept = يحفظ المركز القائمة مختومة حتى تستوردها أو تتركها، ولساعة على الأكثر. لا يفتحها أحد سواك.
page-import_preview = ما سيفعله الاستيراد
page-import_nothing_yet = لم يُستورد شيء بعد.
page-import_what = البند
page-import_new = جديد
page-import_changed = متغيّر
page-import_unchanged = بلا تغيير
page-import_refused = الصفوف المرفوضة
page-import_new_numbers = أرقام المتطوعين الجدد
page-import_changed_post = مهمة أخرى في
page-import_reason = السبب، للسجل
page-import_good = استورد الصفوف الصحيحة
page-import_all = استورد كل الصفوف
page-import_none = لا تستورد شيئًا
page-import_download = نزّل الصفوف المرفوضة
page-import_download_why = كل صف مع سببه بصيغة {"\u2066CSV\u2069"}؛ وبعد تصحيحها تُقدَّم كما هي.
page-import_row = الصف
page-import_column = العمود
page-import_example_file = ملف مثال للبدء به:
page-import_example_why = يسمّي كل الأعمدة ويُستورد كما هو؛ ضع أشخاصك مكان الثلاثة الذين فيه.
page-import_fix = ما العمل
page-import_more = صفوف مرفوضة أخرى، وكلها في الملف المنزّل:
page-import_converted = ما يُقرأ على غير ما كُتب
page-import_cells = الخلايا
page-import_change = ما يُفعل
page-import_example = مثال (9 لأي رقم، و{"\u2066A\u2069"} لأي حرف)
import-volunteers = المتطوعون
import-memberships = العضويات
import-assignments = التكليفات
import-cards = البطاقات والهواتف والرموز
import-done = الجديد الذي استُورد: المتطوعون { $volunteers }، والعضويات { $memberships }، والتكليفات { $assignments }، والبطاقات { $cards }.
import-left_out = { $count ->
    [0] لم يُترك أي صف.
    [one] تُرك صف واحد.
    [two] تُرك صفان.
    [few] تُركت { $count } صفوف.
    [many] تُرك { $count } صفًا.
   *[other] تُرك { $count } صف.
}
import-dropped = لم يُستورد شيء، ولم تُحفظ القائمة.
encoding-utf_8 = يونيكود ({"\u2066UTF-8\u2069"}، أو كما يذكر الملف نفسه)
encoding-gb18030 = الصينية المبسطة ({"\u2066GB18030, GBK\u2069"})
encoding-big5 = الصينية التقليدية ({"\u2066Big5\u2069"})
encoding-windows_1252 = لغات أوروبا الغربية ({"\u2066Windows-1252\u2069"})
encoding-windows_1256 = العربية ({"\u2066Windows-1256\u2069"})
csv-no_file = لم يصل معه ملف
csv-too_many_rows = فيه أكثر من { $most } صف؛ قسّمه، أو استعمل {"\u2066`muster centre import`\u2069"}
row_fix = { $column }: { $why }. { $fix }
row_fix-as_text = اجعل ذلك العمود نصًا واكتب الخلية من جديد.
row_fix-ask_the_person = اعرف لمن هو. وإن كان الرقمان لشخص واحد فليُدمجا أولًا.
row_fix-calendar_date = اكتب يومًا قد حلّ، بهذه الصورة: {"\u20662026-03-07\u2069"}.
row_fix-choose_entered = اكتبه كما هو مدخل هنا، أو ليُدخل أولًا.
row_fix-compare_name = قارن الرقم. فإن كان صحيحًا فاكتب الاسم كما هو مدخل، أو صحّح الاسم هنا أولًا.
row_fix-compute = افتح القائمة ببرنامج الجداول وضع القيمة مكان الصيغة.
row_fix-digits_alone = اكتب رقم المتطوع وحده، من رقم واحد إلى 12 رقمًا.
row_fix-leave_out = احذف هذا الصف.
row_fix-name_the_place = املأ الخلية الناقصة، أو أفرغ الخلية التي تحتاج إليها.
row_fix-other_card = أعط هذا الشخص بطاقة أخرى أو شارة.
row_fix-printed_column = انقل الأرقام إلى عمود ما هو مطبوع، أو قرّبها من قارئ وانسخ أرقامها الست عشرية.
row_fix-quote_cells = ضع علامات الاقتباس حول الخلايا التي فيها فواصل، واحذف ما يقع بجانب الأعمدة.
row_fix-type_again = قارن الخلية بالأصل واكتبها من جديد.
row_fix-type_name = اكتب الاسم من جديد باليد.
row_fix-use_kept_number = اكتب الرقم الذي أُبقي.
row_fix-unknown = { $code }
error-list_gone = لم تعد هذه القائمة هنا: استُوردت أو تُركت من قبل، أو جاءت غيرها، أو انقضت ساعتها. لم يُفعل شيء مرتين.
    .remedy = انظر المتطوعين، وقدّمها من جديد إن كانوا ناقصين.
page-activities = الأنشطة
page-sites = المواقع
page-organisations = الجهات
page-organisation_text = الاسم أو الموضع
page-organisation_path = الموضع في الشجرة
page-organisation_issuer = رقم جهة الإصدار
page-organisation_none = لا توجد جهة كهذه في نطاقك.
page-organisation_holds = فيها وتحتها
page-organisation_nothing = لا شيء بعد
page-organisation_below = تحتها مباشرة
page-organisation_new = إدخال جهة
page-organisation_enter = إدخال
page-organisation_under = تحت
page-organisation_top = (في الأعلى)
page-organisation_name = الاسم
page-organisation_correct = تصحيحها
page-organisation_move = نقلها مع كل ما تحتها
page-organisation_end = إخراجها من الشجرة
page-organisation_end_why = لا يمكن إخراجها من الشجرة إلا إذا لم يكن فيها شيء ولم يذكرها أي سجل.
page-organisation_affected = يتأثر بذلك:
page-site_new = إدخال موقع
page-site_change = تغيير الموقع
page-site_code = الرمز: حروف وأرقام و . _ -
page-site_name = الاسم
page-site_language = لغة أجهزة الموقع
page-site_zone_why = منطقة زمنية أخرى: تُعرض أوقات هذا الموقع بها من الآن، وإن كانت القواعد تعدّ الأيام بمنطقة الموقع تُحتسب أنشطته من جديد.
page-activity_text = العنوان أو المعرّف
page-activity_phase = المرحلة
page-activity_organisation = المنظمة
page-activity_next_shift = النوبة التالية
page-activity_expected = المنتظرون
page-activity_none = لا نشاط كهذا في نطاقك.
page-activity_all = كل الأنشطة
page-activity_apply = التقدم بطلب نشاط
page-activity_apply_why = يُدخل على أنه مقدَّم. ولا يسجّل أحد حضوره قبل أن ينقله أحدهم إلى مرحلة التنفيذ.
page-activity_title = العنوان
page-activity_id = المعرّف: حروف لاتينية وأرقام و {"\u2066. _ -\u2069"}
page-activity_start = النوبة الأولى من
page-activity_until = إلى
page-activity_submit = قدّم الطلب
page-activity_kind = النوع
page-activity_assigned_only = لا يُنتظر إلا من في القائمة
page-activity_phases = المراحل
page-activity_allows = ما تسمح به
page-activity_no_phase = لم تُدخل مرحلة: لا يسجّل أحد حضوره.
page-activity_go_on = الانتقال إلى
page-activity_begin = من الآن
page-activity_times = النوبات والاستراحات
page-activity_shifts = النوبات
page-activity_breaks = الاستراحات
page-activity_no_shift = لا نوبة: يُحتسب الحضور كله
page-activity_posts = المهام
page-activity_post = المهمة
page-activity_duty = وزن المهمة
page-activity_policy = القواعد السارية
page-activity_own = (خاص بهذا النشاط)
page-activity_rules = كل القواعد
page-end = لم يسجّلوا انصرافهم
page-end_own_time = انصرف في وقت آخر
page-end_without = بلا تسجيل انصراف
page-end_check_out = سجّل انصراف المختارين
page-end_more = هناك غيرهم: سجّل انصراف هؤلاء أولًا.
page-end_nobody = سجّل الجميع انصرافهم.
page-sheets = كشوف الحضور
page-sheet = كشف
page-sheets_waiting = المنتظرة
page-sheets_all = كلها
page-sheets_how = تُكتب القائمة الورقية عند نشاطها:
page-sheet_people = الأشخاص
page-sheet_times = الأوقات
page-sheet_row = الصف
page-sheet_number = رقم المتطوع
page-sheet_came = الحضور
page-sheet_left = الانصراف
page-sheet_next_day = انصرف في اليوم التالي
page-sheet_reason = لماذا لا تذكره محطة
page-sheet_how = اكتب الأوقات بهذه الصورة: {"\u206616:20\u2069"} أو {"\u20661620\u2069"}. واترك ما ليس في الورقة فارغًا.
page-sheet_nothing_entered = لم يُدخل شيء. صحّح هذه الخلايا:
page-sheet_enter = أدخل الكشف
page-sheet_second_person = يُحتسب بعد أن يؤكده شخص ثانٍ.
page-sheet_write = اكتب قائمة ورقية
page-sheet_outside = لم يكن النشاط جاريًا حينها: لن يُحتسب هذا الوقت
page-sheet_there = حاضر في ذلك اليوم من قبل:
page-sheet_refuse = ارفض
page-sheet_note = سبب رفض الصفوف
page-sheet_confirm = أكّد ما لم يُرفض
page-sheet_other_person = من أدخله لا يؤكده.
activity-phase_begun = هو من الآن في مرحلة «{ $phase }».
activity-submitted = قُدّم الطلب.
organisation-entered = أُدخلت الجهة { $organisation }.
organisation_act-correct = تصحيحها
organisation_act-move = نقلها
organisation_act-end = إخراجها من الشجرة
organisation_act-unknown = { $code }
organisation_done-correct = صُحّحت الجهة { $organisation }.
organisation_done-move = نُقلت الجهة { $organisation } مع كل ما تحتها.
organisation_done-end = أُخرجت الجهة { $organisation } من الشجرة.
site-entered = أُدخل الموقع { $site }.
site-changed = غُيّر الموقع { $site }.
entered-name = الاسم
entered-code = الرمز
entered-zone = المنطقة الزمنية
entered-language = اللغة
entered-organisation = الجهة
entered-issuer = رقم جهة الإصدار
entered-in_charge = الشخص المسؤول
entered-under = تحت
entered-unknown = { $code }
holds-branches = { $count ->
    [zero] لا جهات أدنى
    [one] جهة واحدة أدنى
    [two] جهتان أدنى
    [few] { $count } جهات أدنى
    [many] { $count } جهة أدنى
   *[other] { $count } جهة أدنى
}
holds-members = { $count ->
    [zero] لا انتسابات
    [one] انتساب واحد، ولو انتهى
    [two] انتسابان، ولو انتهيا
    [few] { $count } انتسابات، ومنها المنتهية
    [many] { $count } انتسابًا، ومنها المنتهية
   *[other] { $count } انتساب، ومنها المنتهية
}
holds-sites = { $count ->
    [zero] لا مواقع
    [one] موقع واحد
    [two] موقعان
    [few] { $count } مواقع
    [many] { $count } موقعًا
   *[other] { $count } موقع
}
holds-activities = { $count ->
    [zero] لا أنشطة
    [one] نشاط واحد
    [two] نشاطان
    [few] { $count } أنشطة
    [many] { $count } نشاطًا
   *[other] { $count } نشاط
}
holds-terminals = { $count ->
    [zero] لا أجهزة
    [one] جهاز واحد
    [two] جهازان
    [few] { $count } أجهزة
    [many] { $count } جهازًا
   *[other] { $count } جهاز
}
holds-accounts = { $count ->
    [zero] لا حسابات
    [one] حساب واحد، ولو أُنهي
    [two] حسابان، ولو أُنهيا
    [few] { $count } حسابات، ومنها المنتهية
    [many] { $count } حسابًا، ومنها المنتهية
   *[other] { $count } حساب، ومنها المنتهية
}
holds-certificates = { $count ->
    [zero] لا شهادات
    [one] شهادة واحدة
    [two] شهادتان
    [few] { $count } شهادات
    [many] { $count } شهادة
   *[other] { $count } شهادة
}
holds-requests = { $count ->
    [zero] لا طلبات شهادات
    [one] طلب شهادة واحد
    [two] طلبا شهادة
    [few] { $count } طلبات شهادات
    [many] { $count } طلب شهادة
   *[other] { $count } طلب شهادة
}
holds-departures = { $count ->
    [zero] لا انتقالات منها
    [one] انتقال واحد منها
    [two] انتقالان منها
    [few] { $count } انتقالات منها
    [many] { $count } انتقالًا منها
   *[other] { $count } انتقال منها
}
holds-arrivals = { $count ->
    [zero] لا انتقالات إليها
    [one] انتقال واحد إليها
    [two] انتقالان إليها
    [few] { $count } انتقالات إليها
    [many] { $count } انتقالًا إليها
   *[other] { $count } انتقال إليها
}
holds-notices = { $count ->
    [zero] لا إعلانات منشورة
    [one] إعلان منشور واحد
    [two] إعلانان منشوران
    [few] { $count } إعلانات منشورة
    [many] { $count } إعلانًا منشورًا
   *[other] { $count } إعلان منشور
}
holds-webhooks = { $count ->
    [zero] لا خطافات ويب
    [one] خطاف ويب واحد
    [two] خطافا ويب
    [few] { $count } خطافات ويب
    [many] { $count } خطاف ويب
   *[other] { $count } خطاف ويب
}
holds-unknown = { $code }
activity_kind-service = خدمة
activity_kind-training = تدريب
activity_kind-travel = تنقل
activity_kind-unknown = { $code }
phase_allows-draft = قيد الكتابة، ولا يراه إلا المشرفون.
phase_allows-submitted = ينتظر الموافقة. لا يُكلَّف أحد ولا يسجّل أحد حضوره.
phase_allows-recruiting = يُبحث عن متطوعين ويُدخلون في القائمة. لا يسجّل أحد حضوره.
phase_allows-staffing = توزَّع المهام والنوبات. لا يسجّل أحد حضوره.
phase_allows-executing = يُسجَّل الحضور والانصراف، ويستمر البحث والتوزيع.
phase_allows-ended = لا يُسجَّل حضور بعد ذلك. تُراجع الساعات وتُقبل الأوقات اليدوية والاعتراضات.
phase_allows-archived = مغلق، ولا يقرّر في ساعاته إلا مشرف أعلى.
phase_allows-unknown = { $code }
policy-debounce_s = لا تُحتسب قراءة ثانية خلال
policy-early_credit_s = يُحتسب قبل النوبة
policy-late_credit_s = يُحتسب بعد النوبة
policy-break_mode = الاستراحات
policy-auto_break_after_s = تُخصم استراحة تلقائية مما يزيد على
policy-auto_break_s = أقصى الاستراحة التلقائية
policy-min_session_s = يُحتسب الحضور ابتداءً من
policy-daily_cap_s = أقصى ما يُحتسب في اليوم
policy-missing_out_policy = حضور بلا تسجيل انصراف
policy-none = بلا حد
policy_value-break_mode-none = لا يُخصم شيء
policy_value-break_mode-scheduled = تُخصم الاستراحات المدخلة
policy_value-break_mode-auto = تُخصم تلقائيًا
policy_value-missing_out_policy-zero = لا يُحتسب حتى يُصحَّح
policy_value-missing_out_policy-shift_end = يُحتسب مؤقتًا حتى نهاية النوبة
policy_value-missing_out_policy-claim = يُحتسب حتى نهاية النوبة بعد أن يؤكده أحدهم
policy_value-unknown = { $code }
sheet-entered = { $count ->
    [zero] لم تُدخل أوقات أحد.
    [one] أُدخلت أوقات شخص واحد، وهي تنتظر شخصًا ثانيًا.
    [two] أُدخلت أوقات شخصين، وهي تنتظر شخصًا ثانيًا.
    [few] أُدخلت أوقات { $count } أشخاص، وهي تنتظر شخصًا ثانيًا.
    [many] أُدخلت أوقات { $count } شخصًا، وهي تنتظر شخصًا ثانيًا.
   *[other] أُدخلت أوقات { $count } شخص، وهي تنتظر شخصًا ثانيًا.
}
sheet-confirmed = { $count ->
    [0] لم يُؤكَّد أي وقت.
    [one] أُكّد وقت واحد، ويُعاد حساب سطره وينتظر المراجعة.
    [two] أُكّد وقتان، ويُعاد حساب سطريهما وينتظران المراجعة.
    [few] أُكّدت { $count } أوقات، ويُعاد حساب سطورها وتنتظر المراجعة.
    [many] أُكّد { $count } وقتًا، ويُعاد حساب سطورها وتنتظر المراجعة.
   *[other] أُكّد { $count } وقت، ويُعاد حساب سطورها وتنتظر المراجعة.
}
sheet-declined = { $count ->
    [one] رُفض وقت واحد.
    [two] رُفض وقتان.
    [few] رُفضت { $count } أوقات.
    [many] رُفض { $count } وقتًا.
   *[other] رُفض { $count } وقت.
}
sheet-wrong = الصف { $row }، { $field }: { $why }
sheet-waits = ينتظر
sheet-confirmed_state = مؤكَّد
sheet-declined_state = مرفوض
sheet_field-number = رقم المتطوع
sheet_field-came = الحضور
sheet_field-left = الانصراف
sheet_field-unknown = { $code }
error-no_sheet_here = لا كشف برقم { $number } في نطاقك.
    .remedy = اختر واحدًا من قائمة الكشوف.
error-BAD_ACTIVITY_ID = لا يصلح '{ $activity }' معرّفًا لنشاط.
    .remedy = اكتب حروفًا لاتينية وأرقامًا ونقاطًا وشرطات فقط.
error-END_WAITS = أُدخل وقت الانصراف من قبل، وهو ينتظر شخصه الثاني.
    .remedy = اترك هذا الشخص.
error-ID_TAKEN = هناك نشاط '{ $activity }' من قبل.
    .remedy = اختر معرّفًا آخر.
error-INVALID_CLOCK = '{ $text }' ليس وقتًا من اليوم.
    .remedy = اكتبه بهذه الصورة: {"\u206616:20\u2069"} أو {"\u20661620\u2069"}.
error-LEFT_BEFORE_COMING = وقت الانصراف هذا ليس بعد الحضور.
    .remedy = صحّح أحدهما، أو اذكر أنه كان في اليوم التالي.
error-NOT_CHECKED_IN = لم يعد هذا الشخص مسجّل الحضور.
    .remedy = أعد تحميل الصفحة.
error-PHASE_IS_OVER = { $activity } في تلك المرحلة أو في مرحلة بعدها.
    .remedy = أعد تحميل الصفحة.
error-ROW_TWICE = يقول ما يقوله الصف { $row }.
    .remedy = اتركه أو صحّحه.
error-ROW_WITHOUT_TIME = ليس في هذا الصف وقت.
    .remedy = اكتب متى حضر الشخص أو انصرف، أو اترك الصف.
error-SHEET_TOO_LONG = لا يسع الكشف أكثر من { $most } صف.
    .remedy = قسّمه.
error-SHEET_WITHOUT_ROWS = ليس في هذا الكشف أحد.
    .remedy = املأ صفًا، أو اختر أحدًا.
error-UNKNOWN_SHEET = لا كشف برقم { $number }.
    .remedy = انظر قائمة الكشوف.
## Papers, the volunteer's own page, reports as pages, deeds of a volunteer's file

paper-check = يمكن لأي شخص التحقق من سريان هذه الشهادة: امسح الرمز، أو اكتب الرقم ورمز التحقق في هذا العنوان.
paper-proof = هذا الرمز هو الإثبات نفسه: هذه الساعات في شجرة وقّع المركز رأسها، دون اسم ولا رقم. ويمكن التحقق منه دون هذا المركز ودون شبكة، بملف verify.html من Muster والمفاتيح العامة للمركز.
paper-identity = رقم الهوية
error-paper_libraries_missing = لا يمكن طباعة الشهادات هنا: { $missing } غير مثبَّت.
    .remedy = على من يدير المركز تثبيت Muster مع ما يطبع: pip install 'muster[badges]'.
error-paper_unwritable = لا يمكن طباعة هذا: { $why }
    .remedy = على من يدير المركز تثبيت حزم Debian: ‏fonts-noto-core و fonts-noto-cjk و fonts-dejavu-core.
page-mine = خدمتي
page-mine_lines = ساعاتي
page-mine_gifts = نقاطي وهداياي
page-mine_certificates = شهاداتي
page-mine_objections = اعتراضاتي
page-mine_nobody = لا يتبع هذا الحساب أي رقم متطوع. يمكن لمن يدير الحسابات إدخاله.
page-mine_suspended = أنت موقوف: لا تسمح لك أي نقطة بالدخول. ساعاتك تبقى كما هي.
page-mine_code = رمز نقطة التسجيل
page-mine_code_until = صالح حتى
page-mine_code_how = أمسك الهاتف أمام نقطة التسجيل. يتغير الرمز من تلقاء نفسه، والصورة التي تُعطى لغيرك لا تنفع بعد قليل.
page-mine_why = لماذا تُحسب هكذا
page-mine_no_stay = لا تُحسب أي مدة حضور في هذا اليوم.
page-mine_uncounted = ما لم يُحسب ولماذا
page-mine_history = ما سُجِّل وما تقرر
page-mine_answer = الرد
page-mine_unanswered = لم يُرد عليه بعد.
page-mine_object_why = ما الخطأ هنا؟ اذكر متى حضرت ومتى انصرفت، ومن يعلم بذلك.
page-mine_object = اعترض
page-mine_objections_how = للاعتراض افتح السطر في «ساعاتي» واكتب هناك ما الخطأ.
page-mine_no_objections = لم تعترض على شيء.
page-mine_gift = الهدية
page-mine_apply = اطلب
page-mine_too_few = النقاط لا تكفي
page-mine_applications = الطلبات
page-mine_certificates_how = تصدر الشهادة مجانًا عن الجهة التي سجلت ساعاتك: اطلبها منها. ويمكن لكل من لديه الرقم ورمز التحقق أن يتحقق منها.
page-mine_proof = الإثبات
page-mine_proof_how = يُظهر الإثبات ساعاتك لأي شخص دون اسمك ورقمك: احفظه مع ملف PDF.
page-mine_no_certificates = لم تصدر لك شهادة بعد.
page-mine_ask = اطلب شهادة
page-mine_requests = ما طلبته
page-mine_named = يجوز ذكر اسمك في الترتيب، وفي الإعلانات العامة مع إخفاء معظم حروفه.
page-mine_not_named = لا يُذكر اسمك في أي ترتيب أو إعلان.
page-mine_refuse_naming = لا تذكروا اسمي
page-mine_allow_naming = يجوز ذكر اسمي
mine-objected = سُجِّل اعتراضك، وسيرد عليه شخص غير الذي قرر.
mine-applied = سُجِّل طلبك، وتُخصم النقاط عند الموافقة عليه.
mine-asked = سُجِّل طلبك، وستجد هنا ما يؤول إليه.
mine-noted = تم التدوين.
mine_objection-open = لم يُرد عليه بعد
mine_objection-upheld = مقبول
mine_objection-partly_upheld = مقبول جزئيًا
mine_objection-rejected = مرفوض
mine_objection-unknown = { $code }
error-no_line_here = ليس لك ساعات من هذا النشاط في هذا اليوم.
    .remedy = انظر قائمة ساعاتك.
error-no_certificate_here = لا توجد هنا شهادة لك بالرقم { $number }.
    .remedy = راجع الرقم، أو اسأل الجهة التي أصدرتها.
error-proof_tree_broken = لم تعد شجرة الساعات المعتمدة تبدأ بالأوراق الموقَّعة وعددها { $size }: فقد غُيّرت صفوف منها، أو استُعيدت قاعدة البيانات. لا يُوقَّع رأس جديد.
    .remedy = ابحث عما تغيّر بالأمر `muster proof audit`، وأبلغ المسؤول عن المركز. وبعد استعادة قاعدة البيانات احتفظ بأحدث نقطة تحقق لدى أي شخص.
error-proof_not_yet = لا يقع { $what } تحت رأس موقَّع بعد، فلا يمكن إثبات شيء عنه.
    .remedy = انتظر حتى الليل، أو أنشئ رأسًا بالأمر `muster proof checkpoint`.
    .page = عُد غدًا: يُوقَّع رأس كل ليلة.
error-proof_keys_wrong = لا يحتوي { $path } على مفاتيح عامة لمركز.
    .remedy = سطر لكل مفتاح، كما يطبعها `muster proof keys`.
error-proof_note_wrong = ليس { $path } نقطة تحقق ولا إثباتًا.
    .remedy = خذ الملف كما سُلّم، دون تغيير أي حرف.
error-NOT_DECIDED = لم يقرر أحد بعد بشأن القيد { $entry }.
    .remedy = يُنشأ الإثبات لما تقرَّر: اعتمده أو ارفضه أولًا.
error-phone_codes_not_offered = لا يعطي هذا المركز رموزًا للهواتف.
    .remedy = استعمل بطاقتك؛ ويمكن لمن يدير المركز ضبط phone_codes_key_file.
error-phone_key_not_believed = مفتاح رموز الهواتف ({ $key }) ليس من المفاتيح التي تثق بها نقاط التسجيل.
    .remedy = على من يدير المركز إضافة مفتاحه العلني إلى badge_issuers في الإعدادات.
page-reports = التقارير
page-reports_year = السنة
page-reports_branch = الجهة
page-reports_all = كل ما في النطاق
page-reports_places = المراتب
page-reports_months = أشهر بلا ساعات معتمدة
page-reports_show = اعرض
page-reports_more = هذه الأسطر الأولى، وجميعها في الملفات.
page-reports_nothing = لا شيء يُعرض.
page-notice_withdrawn = سُحب
page-reports_publish_withdraw = يمكن سحبه مع ذكر السبب، وعندئذ تقول صفحته إنه سُحب ولماذا.
page-reports_publish_sure = انشره للجميع
page-reports_publish_not = لا تنشره
page-reports_published = الإعلانات المنشورة
page-reports_withdraw = اسحب
page-reports_withdraw_why = سبب السحب (علني)
page-reports_publish = انشر هذا الإعلان
page-reports_publish_why = كما هو الآن وبهذه اللغة. ما نُشر لا يتغير أبدًا، واللاحق يوضع بجانبه.
reports-indicators = المؤشرات
    .why = المتطوعون والنشطون والساعات والاستمرار لكل فرع
reports-value = القيمة الاقتصادية
    .why = الوقت × أجر الساعة في الإعدادات
reports-aggregate = مجموعات للسياسات والبحث
    .why = بحسب الشهر والجهة، وتُترك المجموعات الصغيرة
reports-ranking = الترتيب
    .why = للتكريم: بحسب الساعات ثم تقييم المستفيدين
reports-lapsed = المنقطعون
    .why = بلا ساعات معتمدة منذ أشهر
reports-notice = الإعلان العام
    .why = الساعات والنقاط المستبدلة بأسماء مخفاة
reports-lines = السجلات المسوّاة (القرار رقم 67)
    .why = كل سجل معتمد في سنة بأسماء الحقول في القرار، للتسليم
reports-records = سجلات المتطوعين (القرار رقم 67)
    .why = صف لكل من خدم: الساعات والمرات والأيام والنجوم
report-lines = السجلات المسوّاة لسنة { $year } بحقول القرار رقم 67
report-records = سجلات المتطوعين بحقول القرار رقم 67
note-order_67 = العناوين هي عناوين السجلات التي يحددها قرار وزارة الشؤون المدنية الصينية رقم 67. وما يذكره القرار ولا يحفظه المركز (أرقام الهوية والتدريب) لا عمود له. ولا تظهر الأسماء كاملة إلا لمن يجوز له إصدار الشهادات.
note-hours = تُذكر مدة الخدمة بالساعات، ومن السجلات المعتمدة وحدها.
reports-too_long = لا تتسع الورقة لأسطر أكثر، وجميعها في ملف CSV.
page-reports_files = ملفات تُعدّ في الخلفية
page-reports_no_files = لم تطلب أي ملف بعد.
page-reports_make = أعِدّه في الخلفية
page-reports_make_why = يُعدّ الملف الطويل وأنت تعمل شيئًا آخر. لا يستطيع تنزيله غيرك، ويُحذف بعد مدة.
page-reports_take = نزّل
page-reports_until = يُحفظ حتى
page-reports_cancel = ألغِ
page-reports_remove = احذف
reports-publish_asked = { $count ->
    [0] سيكون هذا علنيًا: يستطيع أي أحد قراءته بلا تسجيل دخول. لا يذكر أحدًا.
    [one] سيكون هذا علنيًا: يستطيع أي أحد قراءته بلا تسجيل دخول. يذكر شخصًا واحدًا باسم محجوب جزئيًا.
    [two] سيكون هذا علنيًا: يستطيع أي أحد قراءته بلا تسجيل دخول. يذكر شخصين باسمين محجوبين جزئيًا.
    [few] سيكون هذا علنيًا: يستطيع أي أحد قراءته بلا تسجيل دخول. يذكر { $count } أشخاص بأسماء محجوبة جزئيًا.
    [many] سيكون هذا علنيًا: يستطيع أي أحد قراءته بلا تسجيل دخول. يذكر { $count } شخصًا بأسماء محجوبة جزئيًا.
   *[other] سيكون هذا علنيًا: يستطيع أي أحد قراءته بلا تسجيل دخول. يذكر { $count } شخص بأسماء محجوبة جزئيًا.
}
reports-withdrawn = سُحب الإعلان { $number }.
review-finished = لم يعد شيء ينتظر في «{ $activity }»: انتهت هذه القائمة.
reports-in_background = هذا التقرير أطول من أن يُكتب ملفًا في الحال. اطلب إعداده في الخلفية، في الأسفل.
reports-file_interrupted = انقطع إعداده في كل محاولة.
reports-file_failed = فشل إعداده، والسبب في سجل الصفحات.
reports-rows = { $count ->
    [zero] لا صفوف
    [one] صف واحد
    [two] صفان
    [few] { $count } صفوف
    [many] { $count } صفًا
   *[other] { $count } صف
}
report_file-waiting = ينتظر
report_file-running = قيد الإعداد
report_file-done = جاهز
report_file-cancelled = مُلغى
report_file-broken = تعذّر إعداده
report_file-unknown = { $code }
page-file_change = تغيير الملف
page-file_rename = تصحيح الاسم
page-file_leave = الخروج من جهة
page-file_suspend = إيقاف
page-file_resume = رفع الإيقاف
page-file_merge = دمج رقم آخر في هذا الرقم
page-file_unmerge = التراجع عن دمج
page-file_certify = إصدار شهادة
page-file_name = الاسم كما يجوز للمواقع عرضه
page-file_language = اللغة عند نقاط التسجيل
page-file_other = الرقم الآخر الذي يزول
page-file_gone = الرقم الذي يعود لنفسه
page-file_reason = السبب، ويبقى مسجلًا
page-file_see = انظر ما يتغير
page-file_nothing = لا يجوز لحسابك تغيير شيء في هذا الملف.
page-file_history = ما تغير من قبل
page-file_at = متى
page-file_by = من
page-file_what = ماذا
page-file_before = قبل
page-file_after = بعد
page-file_same = لا يتغير شيء مما يظهر هنا.
page-file_not = لا تفعل
file-rename = تصحيح الاسم
file-leave = الخروج
file-suspend = إيقاف
file-resume = رفع الإيقاف
file-merge = دمج
file-certify = إصدار شهادة
file-unmerge = التراجع عن الدمج
file-name = الاسم
file-language = اللغة
file-access = عند نقاط التسجيل
file-admitted = يُسمح له بالدخول
file-suspended = موقوف
file-belongs = ينتمي
file-belonged = كان ينتمي
file-done = تم: { $what }.
page-rating = كيف كانت الخدمة؟
page-rating_how = تقييمك
page-rating_name = اسمك
page-rating_note = بكلماتك، إن شئت
page-rating_send = إرسال
page-rating_once = يمكنك الإجابة مرة واحدة. تُحفظ إجابتك مع الخدمة، ولا تعرضها صفحة للجميع.
page-rating_thanks = شكرًا لك. حُفظت إجابتك.
page-rating_link = رابط للتقييم
page-ratings = التقييمات
page-ratings_ask = اطلب تقييمًا ممن ليس له حساب
page-ratings_who = المقيِّم
page-ratings_rater = رقم الزميل، إن كان المطلوب زميلًا
page-ratings_make = إنشاء رابط
page-ratings_give = قيِّم بنفسك بصفتك المشرف
page-ratings_links = الروابط
page-ratings_ends = صالح حتى
page-ratings_withdraw = سحب
page-ratings_said = ما قيل
page-ratings_effect = الأثر
page-ratings_none = لم يقل أحد شيئًا بعد.
page-ratings_not_served = لا سجل لهذا الشخص في نشاط ضمن نطاقك، فلا شيء يُقيَّم.
page-ratings_shown_once = يُعرض هذا الرابط هذه المرة فقط.
page-ratings_hand_over = سلّمه إلى ذلك الشخص وحده: انسخه، أو اطبع هذه الصفحة مع رمزها.
ratings-days = { $count ->
    [zero] لا يصلح لأي يوم.
    [one] صالح يومًا واحدًا، لإجابة واحدة.
    [two] صالح يومين، لإجابة واحدة.
    [few] صالح { $count } أيام، لإجابة واحدة.
    [many] صالح { $count } يومًا، لإجابة واحدة.
   *[other] صالح { $count } يوم، لإجابة واحدة.
}
ratings-withdrawn = سُحب الرابط.
ratings-given = سُجّل التقييم.
rating_role-self = المتطوع نفسه
rating_role-peer = زميل
rating_role-leader = المشرف
rating_role-recipient = من قُدّمت له الخدمة
rating_role-unknown = { $code }
rating_of-self = المطلوب تقييم خدمتك أنت.
rating_of-peer = المطلوب تقييم خدمة زميل لك.
rating_of-recipient = المطلوب تقييم الخدمة التي قُدّمت لك.
rating_of-unknown = { $code }
rating_effect-1500 = أفضل من المتوقع بكثير
rating_effect-1200 = أفضل من المتوقع
rating_effect-1000 = كما هو متوقع
rating_effect-800 = أقل من المتوقع
rating_effect-500 = أقل من المتوقع بكثير
rating_effect-unknown = { $code }
rating_link-open = ينتظر الإجابة
rating_link-used = أُجيب
rating_link-withdrawn = مسحوب
rating_link-over = انتهى
rating_link-unknown = { $code }
access_change-revoke = سُحبت
access_change-restore = أُعيدت
access_change-suspend = أُوقف
access_change-resume = رُفع الإيقاف
access_change-unknown = { $code }
## The API for programs
api_title-400 = تعذّرت قراءة الطلب
api_title-401 = الطالب غير معروف
api_title-403 = غير مسموح
api_title-404 = لا شيء هنا
api_title-405 = المطلوب طريقة أخرى
api_title-409 = مرفوض
api_title-422 = الطلب ليس كما تقول الوثيقة
api_title-429 = طلبات أكثر من اللازم
api_title-500 = أخفق الطلب
api_title-unknown = مرفوض ({ $code })
error-BAD_CURSOR = هذا المؤشر لم تعطه هذه القائمة.
    .remedy = استعمل {"\u2066`next`\u2069"} من الصفحة السابقة كما هو، أو ابدأ دون مؤشر.
error-BAD_TOKEN_DAYS = يصلح الرمز من يوم واحد إلى { $most } من الأيام.
    .remedy = اختر أيامًا أقل؛ ويحدد الحدَّ الأعلى من يشغّل المركز: {"\u2066longest_token_days\u2069"} في القسم {"\u2066[accounts]\u2069"}.
error-TOKEN_FOR_NOTHING = الرمز بلا غرض.
    .remedy = اختر غرضًا واحدًا على الأقل.
error-BAD_TOKEN_NAME = اسم الرمز من حرف واحد إلى { $most } من الحروف المقروءة.
    .remedy = سمّه باسم ما يستعمله، مثل «لوحة مدينة الفوانيس».
error-BODY_NOT_JSON = محتوى الطلب ليس JSON أو أكبر من اللازم.
    .remedy = أرسل JSON بترميز UTF-8 كما في {"\u2066docs/api.md\u2069"}.
error-CALL_FAILED = تعذّر على المركز الرد على هذا الطلب. لا يضيع أي سجل: تحتفظ الأجهزة ببياناتها حتى يحفظها المركز.
    .remedy = أعد المحاولة لاحقًا، ومع الكتابة بقيمة Idempotency-Key نفسها؛ ومن يدير المركز يراجع سجل الأمر {"\u2066`muster web`\u2069"}.
error-KEY_OF_ANOTHER_CALL = جاء طلب آخر بقيمة Idempotency-Key هذه خلال اليوم.
    .remedy = أعطِ كل طلب قيمة خاصة به، ولا تكرر القيمة إلا مع الطلب نفسه.
error-NEVER_LOGGED_IN = ليس للحساب «{ $login }» كلمة مرور بعد، والرمز يحتاج إلى ما يحتاج إليه تسجيل الدخول.
    .remedy = حدّدها بالدعوة أولًا: {"\u2066muster account invite\u2069"}.
error-NO_OPERATION = لا شيء يجيب عند هذا العنوان.
    .remedy = قارنه مع {"\u2066/api/v1/openapi.json\u2069"}.
error-NO_SECOND_FACTOR = ليس للحساب «{ $login }» عامل ثانٍ، ومستواه يحتاج إليه لتسجيل الدخول.
    .remedy = سجّل الدخول في الصفحات وأعدّه.
error-NO_TOKEN = الطلب لا يحمل رمزًا.
    .remedy = أرسل الترويسة {"\u2066Authorization: Bearer TOKEN\u2069"}؛ ويُنشأ الرمز بالأمر {"\u2066muster account token add\u2069"}.
error-OTHER_METHOD = هذا العنوان يعرف طريقة أخرى: { $methods }.
    .remedy = قارن الطلب مع {"\u2066/api/v1/openapi.json\u2069"}.
error-TOKEN_NAME_TAKEN = للحساب رمز باسم «{ $name }» من قبل.
    .remedy = اختر اسمًا آخر، أو ألغِ ذلك الرمز أولًا: {"\u2066muster account token revoke\u2069"}.
error-TOKEN_OVER = الرمز «{ $name }» أُلغي أو انتهت مدته.
    .remedy = أنشئ رمزًا آخر: {"\u2066muster account token add\u2069"}.
error-TOKEN_UNKNOWN = لا أحد يملك هذا الرمز.
    .remedy = قارنه بما ظهر عند إنشائه؛ وهو يبدأ بـ {"\u2066muster_\u2069"}.
error-TOKEN_WITHOUT_SCOPE = الرمز ليس لهذا: ينقصه النطاق «{ $scope }».
    .remedy = أنشئ رمزًا له هذا النطاق: {"\u2066muster account token add\u2069"}.
error-TOO_MANY_CALLS = { $count ->
        [zero] تجاوز هذا الرمز عدد الطلبات المسموح. يمكنه الطلب الآن.
        [one] تجاوز هذا الرمز عدد الطلبات المسموح. يمكنه الطلب بعد ثانية واحدة.
        [two] تجاوز هذا الرمز عدد الطلبات المسموح. يمكنه الطلب بعد ثانيتين.
        [few] تجاوز هذا الرمز عدد الطلبات المسموح. يمكنه الطلب بعد { $count } ثوانٍ.
        [many] تجاوز هذا الرمز عدد الطلبات المسموح. يمكنه الطلب بعد { $count } ثانية.
       *[other] تجاوز هذا الرمز عدد الطلبات المسموح. يمكنه الطلب بعد { $count } ثانية.
    }
    .remedy = انتظر كما تقول Retry-After وقلّل عدد الطلبات؛ والحد هو calls_per_minute تحت {"\u2066[accounts]\u2069"}.
error-UNKNOWN_TOKEN = لا يوجد رمز رقمه { $number }.
    .remedy = ابحث عنه: {"\u2066muster account token list\u2069"}.
error-WRONG_REQUEST = الطلب ليس كما تقول الوثيقة: { $places }.
    .remedy = قارنه مع {"\u2066/api/v1/openapi.json\u2069"}؛ و{"\u2066`errors`\u2069"} يبيّن المطلوب وأين.

## صفحة الموقع

page-now_readings = آخر القراءات
page-now_read = ما قُرئ
page-now_visits = آخر عمليات التفتيش
reading-check_in = تسجيل حضور
reading-check_out = تسجيل انصراف
reading-toggle = حضور أو انصراف وفق القواعد
reading-refused = مرفوض
reading-manual = أدخله الموظفون
reading-claim = إفادة تنتظر شخصاً ثانياً
