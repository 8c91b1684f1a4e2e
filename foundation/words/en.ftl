# What Muster says to people, in English. Fluent syntax: https://projectfluent.org/fluent/guide/
# Every catalog holds the same messages with the same variables; tests/foundation/test_words.py checks it.
# Variables are text that the caller has formatted, except $count, which is a number and decides the plural.

language-name = English

## Durations, as in "−2 min 15 s"; the caller joins the parts with spaces

duration-hours = { $count } h
duration-minutes = { $count } min
duration-seconds = { $count } s
duration-negative = −{ $duration }

## The volunteers' screen

demo-banner = DEMONSTRATION · nothing here counts
plain-banner = This page came without TLS, which works at this machine alone. For everybody else a proxy ends TLS: config/Caddyfile and config/nginx.conf are examples.
web-without_tls = The pages are at { $address }, without TLS and for this machine alone. Others reach them through a proxy that ends TLS: config/Caddyfile and config/nginx.conf are examples.
idle-how = Show your code, hold up your card, or type the code from your text message.
idle-no_roster = Show your badge. This terminal has no roster yet: it records badges, and the centre decides.
idle-sms = Or send { $code } as a text message to { $number }.
idle-fault = Out of order: { $devices }. Please use another way.
typing-label = Code
typing-how = Press Enter when the code is complete. Esc deletes it.
checking-how = One moment …
clock-doubtful = time not confirmed

here-count = { $count ->
    [0] nobody here
   *[other] { $count } here
}
link-all-sent = all sent
link-sending = { $count } being sent
link-offline-empty = offline
link-offline = offline, { $count } kept safe

out_of_order-word = Out of order
out_of_order-text = This terminal can't record anything at the moment.
out_of_order-call = Please tell the staff. They will write down your time.
out_of_order-contact = Please call { $contact }, or tell the staff. They will write down your time.

not_enrolled-word = Not enrolled
not_enrolled-text = This terminal is not enrolled yet.
not_enrolled-how = Hold the token’s QR code to the camera or scanner; or run `muster enrol`.
not_enrolled-read = The token was read. One moment …
not_enrolled-asking = The centre is being asked.
not_enrolled-words = Six words, which the centre must show too:
not_enrolled-approve = Read this code with a telephone; or at the centre ({ $centre }):
not_enrolled-again = Then hold the token’s QR code to the camera or scanner again.
not_enrolled-done = This terminal is { $terminal } now. It is ready in a moment.

## What became of a reading: the sentence, the large word, and the staff's short word

result-accepted_in = You checked in at { $time }.
    .word = Welcome
    .short = in
result-accepted_out = You checked out at { $time }.
    .presence = You were here from { $since } to { $time }: { $presence }.
    .review = Your hours count once they have been reviewed.
    .word = Goodbye
    .short = out
result-already_in = You are already checked in. There is nothing more to do.
    .since = You are already checked in, since { $since }. There is nothing more to do.
    .word = Already in
    .short = already in
result-already_out = You are already checked out. There is nothing more to do.
    .since = You already checked out at { $since }. There is nothing more to do.
    .word = Already out
    .short = already out
result-code_sent = We have sent you a code by text message. Please type it here within ten minutes.
    .word = Code sent
    .short = code sent
result-refused = You were not checked in or out.
    .word = Not accepted
    .short = refused
result-unreadable = The code could not be read.
    .word = Try again
    .short = unreadable
result-not_recorded = Nothing was recorded.
    .word = Not recorded
    .short = not recorded

## Why, what the person can do now, and the staff's short words; the ids end in the log's codes

reason-unknown_credential = This code or card is not known here.
    .remedy = Please ask the staff: they can find you by your name.
    .short = unknown code or card
reason-forged_badge = This badge was not issued by the organiser.
    .remedy = Please show your own badge, or ask the staff.
    .short = badge not genuine
reason-random_uid = Phones can't be read here, nor cards that show a different number every time.
    .remedy = Please show the code on the phone's screen, or use your badge or another card.
    .short = phone, or card without a fixed number
reason-forged_tag = This tag was not issued by the organiser.
    .remedy = Please use your own badge, or ask the staff.
    .short = tag not genuine
reason-replayed_tap = The signature of this card has been used here before.
    .remedy = Please take the card away and hold it to the reader again. If you see this again, ask the staff.
    .short = card signature used before
reason-expired_badge = This badge has expired.
    .remedy = Please ask the staff for a new one. They can check you in today.
    .short = badge expired
reason-expired_credential = This card or telephone is no longer registered here: its time is over.
    .remedy = Please use your badge or another card, or ask the staff: they can find you by your name.
    .short = card or telephone expired
reason-expired_phone = This code on your telephone is no longer valid: each one works for a short time only.
    .remedy = Please load the page anew and show the new code, or use your badge.
    .short = telephone's code expired
reason-revoked_credential = This badge, card or telephone was replaced or withdrawn.
    .remedy = Please use your newest one, or ask the staff.
    .short = withdrawn
reason-suspended_credential = Your badge or card is suspended for now.
    .remedy = Please talk to your coordinator or the staff.
    .short = suspended
reason-not_on_roster = You are not on the list for this activity.
    .remedy = Please tell the staff: the centre can add you, or enter your time later.
    .short = not on the roster
reason-wrong_site = You are expected at another site.
    .remedy = Please go to { $site }, or ask the staff.
    .short = expected at another site
reason-activity_not_executing = This activity is not running now.
    .remedy = Please look at its times in your schedule. If you were here while it ran, tell the staff when: they can write it down.
    .short = activity not running
reason-not_yet_open = It is too early to check in.
    .remedy = Please come back when check-in opens.
    .opens = Please come back when check-in opens: { $opens }.
    .short = too early
reason-wrong_code = This code is wrong.
    .remedy = Please compare the digits with your text message and type them again.
    .tries = { $count ->
        [0] That was the last try for now.
        [one] You have one try left.
       *[other] You have { $count } tries left.
    }
    .short = wrong code
reason-code_expired = This code is no longer valid.
    .remedy = Please request a new code, and type it soon after it arrives.
    .short = code expired
reason-code_used = This code has already been used.
    .remedy = Please request a new code. Each code works once.
    .short = code already used
reason-too_many_tries = The code was wrong too many times.
    .remedy = Please wait, use your badge or card, or ask the staff.
    .short = too many tries
reason-not_six_digits = A code has six digits.
    .remedy = Please type the six digits from your text message.
    .short = not six digits
reason-too_many_codes = Several codes were sent to this telephone already.
    .remedy = Please use the newest one, or wait before you ask again.
    .short = too many codes
reason-already_in = You are already checked in.
    .remedy = There is nothing more to do.
    .short = already in
reason-debounce = Your code or card has just been read. Once is enough.
    .remedy = Please wait a minute if you meant to check in or out again.
    .short = read twice
reason-unreadable = The code or card could not be read.
    .remedy = Please hold it still and flat in front of the reader, and try again.
    .short = unreadable
reason-not_recorded = This terminal has no room left to store anything.
    .remedy = Please tell the staff. They will write down your time.
    .short = storage full
reason-other_realm = This badge is only for demonstrations.
    .remedy = Please show your real badge.
    .short = demonstration badge
reason-other_realm-at_demo = This terminal is only a demonstration, and your badge is a real one.
    .remedy = Please use a terminal without the word DEMONSTRATION on its screen.
    .short = real badge at a demonstration
reason-no_answer = The terminal did not answer in time.
    .remedy = Please try again, or tell the staff.
    .short = no answer
reason-out_of_order = The staff have taken this terminal out of service.
    .remedy = Please use another terminal, or ask the staff.
    .short = out of order
reason-no_roster = This terminal has no roster yet, so it does not know this card or code.
    .remedy = Please show your badge, or ask the staff.
    .short = no roster yet
reason-centre_decides = It is recorded, and the centre will decide what it counts for.
    .remedy = You need do nothing more.
    .short = the centre decides
reason-not_enrolled = This terminal is not enrolled yet. Nothing was recorded.
    .remedy = Please use another terminal, or tell the staff.
    .short = not enrolled
reason-terminal_revoked = This terminal was revoked. It records nothing any more.
    .remedy = Please use another terminal, or tell the staff.
    .short = terminal revoked
reason-unknown = The terminal gave the reason “{ $code }”.
    .remedy = Please ask the staff.
    .short = { $code }

sms-code = Your check-in code is { $code }. It works once, for ten minutes. Please do not pass it on.
code-wait = Codes can be typed again in { $duration }.

## "When did you leave?", asked after a forgotten check-out; taking an accident back

question-came = You checked in at { $came } ({ $activity }) and never checked out.
question-when = When did you leave?
question-unknown = I don't know
question-how = Press the number and then Enter. Somebody will look at your answer.
take_back-how = A mistake? ⌫ takes it back.
take_back-word = Take it back?
take_back-accepted_in = Shall your check-in not count?
take_back-accepted_out = Shall your check-out not count? You are then still checked in.
take_back-yes = Enter   yes, it was a mistake
take_back-no = Esc   no, leave it as it is
notice-done = Done
notice-denied = Not done

## What became of a request at the terminal; { $name } is whom it is about, { $wait } a duration

done-answered = Thank you. Somebody will look at your answer, and it counts then.
done-declined = That is all right. The staff will look at it.
done-cancelled = Taken back; it does not count: { $name }
done-logged_in = You are logged in: { $name }
done-logged_out = You are logged out.
done-entered_in = Written down: { $name } came.
done-entered_out = Written down: { $name } left.
done-set = This terminal works that way until further notice.
done-out_of_order = This terminal is out of order until you say otherwise.
done-in_order = This terminal works again.
done-restarted = The device was closed and is being opened anew.
done-unknown = Done: { $code }
denied-busy = The terminal was busy and nothing was done. Please try again.
denied-not_logged_in = Only staff may do that. Please log in first.
denied-not_enrolled = This terminal is not enrolled yet: nobody is checked in here, and nothing is written down.
denied-no_staff = This terminal knows no staff yet. Ask the centre for a new roster.
denied-wrong_pin = This reference and this PIN do not belong together.
denied-pin_paused = Too many wrong PINs. Please wait { $wait } and try again.
denied-no_such_question = This question has been answered already.
denied-out_of_bounds = Nobody can have left then, as far as this terminal knows. Please choose another time.
denied-cancel_again = This was taken back already.
denied-cancel_unknown = This terminal accepted no such thing lately. Look for it at the terminal where it happened.
denied-cancel_newest_first = Something newer of this person was accepted. Please take that back first.
denied-cancel_too_late = It is more than five minutes ago. Please write down the right time instead.
denied-own_time = Nobody writes down or takes back the own time as staff. Please ask two others.
denied-same_person = A second person must sign. Please ask somebody else.
denied-no_reason = Please write down a reason.
denied-no_such_volunteer = This volunteer is not on the terminal's roster. The centre can put them on it, or enter the time.
denied-suspended = This person is suspended for now. Please send them to their coordinator; only the centre can enter a time.
denied-future_time = This time is still to come. Please correct it.
denied-too_long_ago = This is too long ago for the terminal. Please have it entered at the centre.
denied-already_in = This person is already checked in.
denied-before_check_in = This is before the person checked in. Please correct the time.
denied-activity_not_executing = No activity was running then. Please correct the time.
denied-no_such_activity = This activity is not on the terminal's roster.
denied-no_such_time = This is no time of day. Please write it as 09:30.
denied-no_such_device = No device of this name is set up.
denied-not_recorded = The terminal could not store it. Please write it on paper.
denied-no_answer = The terminal did not answer. Please look whether it was done, and try again.
denied-unknown = Not done: { $code }

## The staff's forms

staff-log_in = Log in
staff-find = Look for a volunteer
staff-direction = What happened?
staff-in = came
staff-out = left
staff-write_down = Write it down
staff-take_back = Take back what was a mistake
staff-terminal = What a scan means here, until further notice
staff-restart_device = Close a device and open it anew
staff-other_time = another time
direction-set = as in the settings
direction-unknown = { $code }
direction-toggle = in and out by turns
direction-in = everybody comes
direction-out = everybody leaves
field-staff = Your reference
field-pin = PIN
field-text = Part of the name, or the number
field-time = When, such as 09:30; empty for now
field-reason = Why
field-second = Reference of the second person
field-second_pin = PIN of the second person
field-activity = Id of the activity; empty for the one that is running
form-how = Enter goes on. Esc leaves without doing anything.
choice-how = Arrow keys choose, Enter takes it. Esc leaves.
choice-nothing = There is nothing to choose. Esc leaves.

## The staff's screen

label-terminal = Terminal
label-here = Here now ({ $count })
label-elsewhere = { $count } at other terminals
label-expected = { $count } expected
label-readings = Last readings
label-devices = Devices
label-name = Name
label-since = Since
label-time = Time
label-method = With
label-result = Result
label-reason = Reason
label-device = Device
label-state = State
label-read = Read
label-unread = Failed
label-last = Last
label-link = Link
label-unsent = Unsent
label-oldest = Oldest unsent
label-acknowledged = Last acknowledged
label-clock = Clock
label-disk = Disk free
label-roster = Roster
label-log = Log
label-temperature = Temperature
temperature = { $degrees } °C
temperature-slowed = { $degrees } °C, slowed down
label-power = Power
power-weak = too weak: use a stronger supply
roster-version = version { $version }
log-head = event { $number }
nobody-here = Nobody is checked in.
no-readings = Nothing has been read yet.
no-devices = No devices are set up.
never = never

device-closed = closed
device-opening = opening
device-ready = ready
device-fault = fault
device-unknown = { $code }

link-connected = connected
link-disconnected = offline

clock-synced = synchronised
clock-holdover = running on since the last synchronisation
clock-rtc = from the clock chip, not confirmed
clock-unset = not set
clock-unknown = { $code }

method-badge = badge
method-phone = phone
method-other_code = other code
method-id_card = ID card
method-card = card
method-tag = tag
method-sms_code = typed code
method-sms_in = text message
method-manual = by staff
method-code = code
method-id_number = ID card
method-card_uid = card
method-signed_tap = card
method-keypad = typed code
method-sms = text message
method-unknown = { $code }

engine-waiting = Connecting to the terminal's engine …
engine-lost = The engine has not answered since { $time }. What you see is from then; trying again.
engine-back = The engine answers again.

key-quit = quit
key-language = language
key-staff = staff
key-log_out = log out
key-write_down = write down
key-take_back = take back
key-answer = answers
key-terminal = terminal
key-restart_device = device
key-out_of_order = out of order
key-help = help
help-title = Help
help-close = Press Esc to close.
help-keys = q ends this view, l changes the language, ? shows this help, s logs staff in. Tab moves to the next list, the arrow keys scroll it.
help-readings = ✔ accepted   = nothing new   → code sent   ✖ refused   ? unreadable   ! not recorded
help-devices = ● ready   ◌ opening   ○ closed   ✖ fault, with what to do in the line below
help-link = Everything shown as accepted is stored here first. “Unsent” is what the centre has not acknowledged yet; it is sent by itself once the link is back.

## What became of an event in settlement

outcome-used = Counted.
outcome-redelivered = The same event arrived again; it counts once.
outcome-duplicate_scan = Read again within a minute; the first reading counts.
outcome-replaced = A manual record that a second person confirmed counts instead of it.
outcome-repeated_in = Checked in already: a manual record says when; the earlier check-in counts.
outcome-cancelled = Taken back at the terminal within five minutes; it does not count.
outcome-held-CORRECTION_WITHOUT_EFFECT = Held: this correction came too late, or what it corrects is not here.
outcome-held-EVENT_ID_CONFLICT = Held: another event with the same number is already stored. Both are kept.
outcome-held-UNKNOWN_CREDENTIAL = Held: nobody is known by this code or card.
outcome-held-UNKNOWN_ACTIVITY = Held: this activity is not known.
outcome-held-FUTURE_TIME = Held: its time lies after its arrival.
outcome-held-MANUAL_NO_REASON = Held: it was entered by hand without a reason.
outcome-held-MANUAL_SELF = Held: somebody entered or confirmed their own time.
outcome-held-MANUAL_UNCONFIRMED = Held: no second person has confirmed it.
outcome-held-CREDENTIAL_REVOKED = Held: the badge or card had been withdrawn by then.
outcome-held-PHASE_CLOSED = Held: the activity was not running at that time.
outcome-unknown = { $code }

## Flags of a session: the sentence and the short form

flag-CLOCK_CORRECTED = The terminal's clock was off by a known amount; the time was corrected.
    .short = clock corrected
flag-CLOCK_LARGE = The terminal's clock was off by more than five minutes; please check the corrected time.
    .short = large clock error
flag-CLOCK_UNKNOWN = The terminal's clock could not be checked; the time is not proven.
    .short = clock not proven
flag-NOT_ASSIGNED = This person was not on the list for this activity.
    .short = not on the list
flag-MISSING_IN = There is a check-out without a check-in.
    .short = no check-in
flag-MISSING_OUT = There is a check-in without a check-out.
    .short = no check-out
flag-OPEN = Still checked in; the session has not ended.
    .short = still open
flag-EARLY_ARRIVAL = Came before the shift began; the time before it does not count.
    .short = came early
flag-LATE_ARRIVAL = Came after the shift had begun.
    .short = came late
flag-EARLY_LEAVE = Left before the shift ended.
    .short = left early
flag-LATE_LEAVE = Left after the shift had ended; the time after it does not count.
    .short = left late
flag-CREDENTIAL_USED_TWICE = A one-time code, or one tap of a card, was used for another record as well: somebody may have copied it.
    .short = used twice
flag-REPEATED_IN = A device read a check-in again after the one that was entered by hand; the earlier one counts.
    .short = repeated check-in
flag-OUTSIDE_WINDOW = The whole session lies outside the shift; none of it counts.
    .short = outside the shift
flag-BREAK_DEDUCTED = A break was deducted.
    .short = break deducted
flag-OVERLAP = This session overlaps another one; the same time counts once.
    .short = overlap
flag-SITE_CONFLICT = The same person was at two sites at the same time; please look at both records.
    .short = two sites at once
flag-BELOW_MIN_SESSION = The session is too short to count.
    .short = too short
flag-DAILY_CAP = The daily limit was reached; the time above it does not count.
    .short = daily limit
flag-MANUAL = A part of this session was entered by hand.
    .short = by hand
flag-unknown = { $code }
    .short = { $code }

## Why a session counts what it counts: one sentence for each step from presence to hours, in the rules' order

step-presence = Present from { $in } to { $out }: { $seconds }
step-CLOCK_PROVABLE_MINIMUM = The terminal's clock was uncertain; only the time that is certain counts: { $seconds }
step-MISSING_IN = There is no check-in, so no time could be measured.
step-MISSING_OUT = There is no check-out, so no time could be measured.
step-STILL_OPEN = Still checked in; the time is measured at check-out.
step-CREDITED_TO_SHIFT_END = There is no check-out; for now it counts to the shift's end at { $at }: { $seconds }
step-CLIPPED_TO_SHIFT_START = Time before { $at } is before the shift: { $seconds }
step-CLIPPED_TO_SHIFT_END = Time after { $at } is after the shift: { $seconds }
step-BETWEEN_SHIFTS = Time between two shifts: { $seconds }
step-OUTSIDE_SHIFT = All of it lies outside the shift: { $seconds }
step-SCHEDULED_BREAK = The activity's break: { $seconds }
step-AUTOMATIC_BREAK = The break that belongs to a long session: { $seconds }
step-NOT_SERVICE = Training and travel do not count as service: { $seconds }
step-OVERLAP_REMOVED = This time already counts for { $activity }: { $seconds }
step-BELOW_MINIMUM = Too short to count: { $seconds }
step-CUT_TO_DAILY_CAP = Above the daily limit: { $seconds }
step-total = Counts: { $seconds }
step-unknown = { $code }: { $seconds }

## A line of hours and its review

line-pending = to be reviewed
line-approved = approved
line-rejected = rejected
line-adjusted = approved and adjusted
line-superseded = replaced by a newer computation
line-withdrawn = withdrawn
line-unknown = { $code }
adjustment-LATE_EVENT = A record arrived after the decision.
adjustment-MASTER_DATA = Shift, roster or rules were corrected after the decision.
adjustment-REOPENED = The rejection of this result was taken back.
adjustment-unknown = { $code }

## A certificate that somebody checks

certificate-valid = Valid: this certificate was issued here and states what is recorded.
certificate-stale = Issued here, but the recorded hours were corrected since. Ask the recording unit for a new one.
certificate-superseded = Issued here, and replaced by { $newer }.
certificate-never_issued = No certificate with this number was ever issued here.
certificate-not_a_number = This is no certificate number: a digit is wrong or missing.
certificate-unknown = { $code }

## A line of hours explained

explain-line = { $name } ({ $volunteer }), { $activity }, { $date } (times in { $zone })
explain-waits = New records of this person wait to be computed; what stands here may change within seconds.
explain-session = Session { $number }
explain-came = Check-in at { $at }: { $evidence }
explain-left = Check-out at { $at }: { $evidence }
explain-clock = The terminal's own clock said { $wall }; the time was corrected from its evidence.
explain-manual = entered by hand by { $entered }, confirmed by { $confirmed }: { $reason } ({ $source })
explain-named-assigned = The terminal named no activity; of those under way at its site then, this is the one that expected the person.
explain-named-only = The terminal named no activity; this was the only one under way at its site then.
explain-named-person = The terminal named no activity; { $by } said that it was this one: { $reason }
explain-named-none = Held: the terminal named no activity, and none was under way at its site then.
explain-named-several = Held: the terminal named no activity, and several were under way at its site then. Somebody must say which.
explain-named-unknown = { $code }
explain-uncounted = Records that did not count:
explain-result = By version { $version } of the rules this line comes to { $duration }, shown as { $hours } hours.
explain-ledger = Ledger, this line is { $state }:
explain-original = Entry { $number }: { $seconds }, entered { $at } by rules { $version }, { $state }
explain-adjustment = Adjustment { $number }: { $seconds }, entered { $at } by rules { $version }, { $state }
explain-decided = Decided by { $by } at { $at }.
explain-note = Note: { $note }
explain-override = Decided before all evidence had arrived: { $reason }
explain-reopened = Its rejection was taken back by { $by } at { $at }: { $reason }
explain-rejected_before = An earlier result of this line was rejected by { $by }: { $why }
explain-refused = Of what was refused then it brings back { $seconds }.
explain-new_since = New since that rejection: { $seconds }.
explain-new_stay = A stay that was not there then: { $came } to { $left }.
explain-instead_of = It counts instead of { $events }.
explain-also_used = The same code or tap was used by { $events } as well.
explain-counts = Approved so far: { $approved }; waiting for a reviewer: { $waiting }.
explain-points = Points of this line: { $now }; { $after } once everything is approved.
explain-stars = Stars without this line: { $without }; with it: { $now }; { $after } once everything is approved.
explain-value = Assessed value of this activity, which is no service time: { $hours } hours, from { $seconds } weighed by duty { $duty } and effect { $effect }.
explain-no-value = No assessed value yet: it is made from approved time.
explain-rules = The rules stand in { $file }; on the centre's pages at { $addresses }

## Reports of the centre

report-value = Economic value of volunteer service in { $year } ({ $currency })
report-ranking = Ranking for the commendations of { $year }
report-lapsed = Volunteers without approved time since { $since }
report-indicators = Indicators of { $year }
report-notice = Public notice for { $year }: hours and exchanged points
report-aggregate = Volunteer service in { $year }, in groups
report-total = Total
report-whole-centre = The whole centre
ranking-tied = tied
lapsed-never = never

column-path = Path
column-organisation = Organisation
column-hours = Hours
column-value = Value
column-place = Place
column-number = Number
column-name = Name
column-feedback = Recipients’ rating (‰)
column-tie = Tie
column-last_day = Last day
column-level = Level
column-members = Volunteers
column-active = Active
column-retention = Stayed
column-points = Points
column-spent = Exchanged
column-gifts = Gifts
column-month = Month
column-unknown = { $code }

note-rate = One hour counts { $rate } { $currency } (year { $year }). Source of the rate: { $source }
note-rounding = Each amount is rounded to the cent by itself, so the rows may add up to another cent than the total.
note-ranking = By approved hours, then by the mean of the recipients’ ratings. Whoever is tied shares a place; people decide.
note-unwilling = { $count ->
    [one] One volunteer asked not to be ranked and is left out.
   *[other] { $count } volunteers asked not to be ranked and are left out.
}
note-suspended = { $count ->
    [one] One suspended volunteer is left out.
   *[other] { $count } suspended volunteers are left out.
}
note-lapsed = Whoever has left every organisation is not listed.
note-indicators = Volunteers: who belonged there at the year’s end. Active: who has approved time there in the year. Each branch includes all below it.
note-retention = Stayed: of those who were active the year before, the part that is active again.
note-notice = Approved hours, points earned and gifts granted in the year. Objections are taken by your organisation.
note-masked = Names are masked; whoever asked not to be named stands as ***.
note-withheld = { $count ->
    [one] One group of fewer than { $smallest } volunteers is left out; no total is told from which it could be computed.
   *[other] { $count } groups of fewer than { $smallest } volunteers are left out; no total is told from which they could be computed.
}

## How whole the evidence is: parts of one sentence

completeness-of = { $title }: { $told }.
completeness-between = {"; "}
completeness-until = complete up to { $at }
completeness-unknown = nothing can be said yet
completeness-gap = terminal { $terminal } misses { $numbers }
completeness-purged = terminal { $terminal } has purged { $numbers }: that needs the archive (`muster centre restore-check`)
completeness-one = terminal { $terminal } misses { $number }
completeness-silent = terminal { $terminal } silent since { $at }
completeness-doubted = two logs speak in the name of terminal { $terminal }: alarm { $number } is open
completeness-never = terminal { $terminal } never heard of
completeness-no-terminal = no terminal is enrolled here
completeness-waiting = { $count ->
        [one] { $count } line waits for a reviewer
       *[other] { $count } lines wait for a reviewer
    }
completeness-ready = ready for review
completeness-not-ready = not ready for review, from { $due } on with a reason

## A printed badge

badge-until = valid until { $date }

## Lists inside a sentence

list-between = {", "}

## What is wrong, and what the person can do; the ids end in the codes of the sources' troubles

error-unknown = Something is wrong: { $code }.
    .remedy = Update this program: it is older than what told it.

## Settings files

error-settings_missing = The settings file { $path } does not exist.
    .remedy = Copy { $shipped } there and edit it, or name another file with --config.
error-settings_forbidden = This account may not read the settings { $path }.
    .remedy = Run the command as root.
error-file_not_readable = The file { $path } can't be read: { $why }.
    .remedy = Correct the file.
error-setting_unknown = In { $path }, key '{ $key }': no such setting exists.
    .remedy = Correct the key; the shipped file explains it.
error-setting_wrong = In { $path }, key '{ $key }': { $why }.
    .remedy = Correct the key; the shipped file explains it.
error-settings_wrong = In { $path }, the file: { $why }.
    .remedy = Correct the key; the shipped file explains it.
error-in_file = In { $path }: { $why }
    .remedy = { $why_remedy }
error-shared_clock_unopened = The shared clock { $path } can't be opened ({ $why }).
    .remedy = Start it with `muster demo`.

## Devices

error-driver_failed = The driver failed unexpectedly ({ $error } in { $place }).
    .remedy = It starts again by itself; report it to the developers.
error-library_missing = A library for devices of the kind { $kind } is missing or broken: { $why }.
    .remedy = Install Muster with its libraries: `muster[kiosk]`.
error-library_of_packages_missing = A library for devices of the kind { $kind } is missing or broken: { $why }.
    .remedy = Run `apt-get install { $packages }`, and install Muster with its libraries: `muster[kiosk]`.
error-not_opened_in_time = It did not open in time.
    .remedy = Check its cable and its power.
error-port_forbidden = The port { $port } can't be opened ({ $why }).
    .remedy = Let the service's user join the group that owns the port (dialout).
error-port_in_use = The port { $port } can't be opened ({ $why }).
    .remedy = Another program uses the port: stop it (ModemManager and brltty are known to take ports).
error-port_lost = The port { $port } was lost ({ $why }).
    .remedy = Check the cable and the power; the port is opened again as soon as it is back.
error-port_missing = The port { $port } can't be opened ({ $why }).
    .remedy = Plug the device in, or name its port under /dev/serial/by-id in the settings.
error-port_not_open = The port { $port } is not open.
    .remedy = Open it first.
error-port_not_opened = The port { $port } can't be opened ({ $why }).
    .remedy = Check the cable and the power; the port is opened again as soon as it is back.
error-port_not_serial = The port { $port } can't be opened ({ $why }).
    .remedy = Name a serial port; this file is something else.
error-port_speed = The port { $port } can't be opened ({ $why }).
    .remedy = Choose a speed that the port supports.
error-camera_frozen = The camera { $camera } shows one picture that never changes.
    .remedy = Unplug the camera and plug it in; it is opened again by itself.
error-camera_gone = The camera sends no more pictures.
    .remedy = Check its cable, its power and its network.
error-camera_not_opened = The camera { $path } can't be opened.
    .remedy = Check that it is plugged in, free, and that our user is in the group video. If there is none, take its [[camera]] out of kiosk.toml.
error-camera_silent = The camera at { $address } does not answer.
    .remedy = Check its power, its network and the address.
error-camera_stalled = The camera { $camera } sends no picture.
    .remedy = Check its cable, its power and its network; it is opened again by itself.
error-film_empty = The video file { $path } holds no frame.
    .remedy = Name another file.
error-film_missing = The video file { $path } does not exist.
    .remedy = Correct the camera's `source`.
error-film_not_readable = { $path } is no video that can be read.
    .remedy = Convert it to Motion JPEG (.avi).
error-photograph_missing = The photograph { $path } is missing or no picture.
    .remedy = Put it there, or take line { $line } out of the manifest.
error-photographs_line_wrong = Line { $line } of { $path } can't be understood ({ $why }).
    .remedy = Write file, category and a JSON list of texts, as in: a.jpg,close,"[""TEXT""]".
error-photographs_none = { $path } lists no photograph.
    .remedy = Add a line for each picture.
error-photographs_not_listed = The list of photographs { $path } can't be read ({ $why }).
    .remedy = Name a folder with a manifest.csv whose columns are file, category and expected.
error-pictures_missing = The folder { $path } holds no picture.
    .remedy = Put .jpg or .png files there.
error-recording_ended = The recording { $path } has ended.
    .remedy = Set `loop` to play it for ever.
error-zbar_missing = The library zbar is missing.
    .remedy = Install the Debian package libzbar0.
error-card_reader_gone = The card reader is gone ({ $why }).
    .remedy = Plug it in; if it is, keep the kernel module pn533_usb from taking it.
error-card_reader_missing = No card reader is plugged in.
    .remedy = Plug it in; if it is, keep the kernel module pn533_usb from taking it.
error-card_reader_named_missing = No card reader '{ $reader }' is plugged in.
    .remedy = Plug it in; if it is, keep the kernel module pn533_usb from taking it.
error-card_service_forbidden = The smart card service does not let this account in ({ $why }).
    .remedy = Since Debian 13 polkit decides: a rule in /etc/polkit-1/rules.d must allow muster-kiosk the actions org.debian.pcsc-lite.access_pcsc and org.debian.pcsc-lite.access_card. See `journalctl -u pcscd`.
error-card_service_missing = Contactless cards can't be read: { $why }.
    .remedy = Install pcscd: apt-get install pcscd libccid.
error-card_service_silent = The smart card service does not answer ({ $why }).
    .remedy = Start pcscd (systemctl start pcscd.socket) and see that the service's user may use it.
error-id_module_failed = The security module failed its self-test.
    .remedy = Restart the reader; if that does not help, have it repaired.
error-id_module_not_authorised = The security module is not authorised.
    .remedy = Restart the reader; if that does not help, have it repaired.
error-id_reader_other = The card reader { $reader } does not answer as an ID card reader.
    .remedy = Check its power, the port and the speed in the settings.
error-id_reader_silent = The card reader { $reader } went silent.
    .remedy = Switch it off and on; check its cable.
error-keyboard_forbidden = The keyboard { $path } can't be opened ({ $why }).
    .remedy = Let the service's user join the group that owns it (input).
error-keyboard_in_use = The keyboard { $path } can't be opened ({ $why }).
    .remedy = Another program has taken it: stop that program.
error-keyboard_lost = The keyboard { $path } was lost ({ $why }).
    .remedy = Check its cable; it is opened again as soon as it is back.
error-keyboard_missing = The keyboard { $path } can't be opened ({ $why }).
    .remedy = Plug it in, or name its path under /dev/input/by-id in the settings.
error-keyboard_no_input = The keyboard { $path } can't be opened ({ $why }).
    .remedy = Name an input device; this file is something else.
error-keyboard_not_opened = The keyboard { $path } can't be opened ({ $why }).
    .remedy = Check its cable; it is opened again as soon as it is back.
error-keyboard_other = The keyboard { $path } is { $found }, not { $known }.
    .remedy = Plug the known one in, or name this one's numbers in the settings.
error-modem_failed = The modem failed again and again.
    .remedy = It was restarted; if this goes on, check antenna, SIM and power.
error-modem_lists_nothing = The modem can't list its messages ({ $why }).
    .remedy = Check its SIM; it is set up anew.
error-modem_no_answer = The modem did not answer { $command } in time.
    .remedy = It is opened again by itself; check its power.
error-modem_no_network = The modem lost its network.
    .remedy = It was restarted; if this goes on, check antenna, SIM and power.
error-modem_refused = The modem refused { $command } ({ $why }).
    .remedy = Use a modem that takes messages as PDUs.
error-modem_silent = The modem does not answer.
    .remedy = Check its power, the port and the speed.
error-recipient_no_number = A recipient is no phone number.
    .remedy = Correct the number in the roster.
error-sim_not_ready = The modem's SIM can't be used: it is not ready.
    .remedy = Check that it is in and activated.
error-sim_not_usable = The modem's SIM can't be used ({ $why }).
    .remedy = Check that it is in and activated.
error-sim_pin = The modem's SIM asks for a PIN.
    .remedy = Switch the PIN off with a phone.
error-text_not_readable = A text message can't be read: { $why }.
    .remedy = Ask the sender for a plain text message.
error-text_too_long = The text needs more than { $most } messages.
    .remedy = Shorten it.
error-clip_not_written = The clip { $path } can't be written.
    .remedy = Name a file ending in .avi in a folder you may write.
error-clip_other = { $path } is no clip of presentations.
    .remedy = Make it with `write_clip`.
error-stand_ins_missing = No stand-ins listen at { $path }: { $why }.
    .remedy = Start the engine with --twins.
error-file_not_read = The file { $path } can't be read: { $why }.
    .remedy = Check its name and its disk.
error-file_not_written = The file { $path } can't be written: { $why }.
    .remedy = Name another file, in a folder that exists, on a disk with enough space.

## The contract: messages, keys, rosters, badges

error-badge_day = A badge that is valid until { $day } can't be issued.
    .remedy = Use a last day after { $first }, up to { $last }, or none.
error-badge_number = A badge for volunteer { $volunteer }, serial { $serial } can't be issued.
    .remedy = Use a volunteer number of 1 to { $most } and a serial below 65536.
error-batch_miscounted = A batch of { $events } events claims { $claimed } from { $first } to { $last }.
    .remedy = The terminal must send it again.
error-batch_not_chained = The events { $first } to { $last } don't lead to the hash that the batch names.
    .remedy = Compare the terminal's log with `muster log verify`.
error-batch_not_inflated = A batch does not inflate: { $why }.
    .remedy = The terminal must send it again.
error-batch_too_large = A batch inflates beyond { $most } bytes.
    .remedy = The terminal must send fewer events at a time.
error-event_not_understood = An event is not understood: { $why }.
    .remedy = Review it by hand.
error-event_too_large = An event of { $bytes } bytes exceeds { $most }.
    .remedy = Shorten its reason.
error-event_without_place = An event has no place: { $why }.
    .remedy = Review it by hand.
error-file_not_whole = The file { $path } is not whole: { $number } messages could be read.
    .remedy = Copy it again, or export it anew on the terminal; importing twice does no harm.
error-header_not_understood = A signed { $kind } is not understood: { $why }.
    .remedy = Update this end.
error-message_too_large = A message of { $bytes } bytes exceeds { $most }.
    .remedy = The terminal must send fewer events at a time.
error-no_envelope = A message is no envelope of Muster: { $why }.
    .remedy = See quarantine.
error-not_signed = A { $kind } message is not signed by key { $key }.
    .remedy = Check which terminal sent it; enrol it anew if its key was replaced.
error-other_version = A message speaks version { $version } of the contract, this end speaks { $own }.
    .remedy = Update the older end.
error-told_other_realm = A { $kind } message is of the { $meant } realm, this terminal is { $realm }.
    .remedy = Connect the terminal to a centre of its own realm.
error-told_other_terminal = A { $kind } message is meant for terminal { $meant }, this is { $terminal }.
    .remedy = Check the broker's access list.
error-key_not_read = The signing key { $path } can't be read: { $why }.
    .remedy = Check the path and that this account may read it.
error-key_not_written = The signing key { $path } can't be written: { $why }.
    .remedy = Name another file: a key that may be in use is never replaced.
error-key_other = The key { $path } is not an Ed25519 key.
    .remedy = Enrol the terminal again.
error-pseudonym_key_length = The pseudonym key { $path } has { $bytes } bytes.
    .remedy = It must be { $digits } hex digits ({ $wanted } bytes).
error-pseudonym_key_not_read = The pseudonym key { $path } can't be read: { $why }.
    .remedy = Copy the file of 64 hex digits that the centre made for its terminals.
error-public_key_wrong = A public key must be 64 hex digits.
    .remedy = Copy it again.
error-no_pin = This is no PIN.
    .remedy = Choose { $fewest } to { $most } digits, as a keypad has them.
error-pin_too_simple = This PIN is one of the first that anybody would try.
    .remedy = Choose digits that are not all the same and not in a row.
error-no_setting = '{ $text }' is no setting.
    .remedy = Write KEY=VALUE, debounce_s=30 for example.
error-roster_not_trusted = The roster can't be trusted: { $why }
    .remedy = Fetch it from the centre again.
error-roster_not_whole = The roster of version { $version } can't be put together: { $why }.
    .remedy = The centre sends it again at the next greeting.
error-roster_other_realm = The roster is for the { $meant } realm, this terminal is { $realm }.
    .remedy = Demo data never mix with real ones: fetch the right roster.
error-roster_other_terminal = The roster is meant for terminal { $meant }, this is { $terminal }.
    .remedy = Fetch this terminal's own roster.

## The terminal's log

error-log_chain_broken = The chain of epoch { $epoch } breaks at seq { $number }.
    .remedy = Keep the file: it shows what was changed. Send it to the centre.
error-log_damaged = The log { $path } is damaged: { $why }.
    .remedy = Keep the file, start with a new log, and send the old one to the centre.
error-log_disk_full = Not recorded: the disk of the log { $path } is full.
    .remedy = Free some space; what was accepted before is safe.
error-log_end_broken = The log { $path } is damaged: the chain of epoch { $epoch } breaks at seq { $number }.
    .remedy = Keep the file, start with a new log, and send the old one to the centre.
error-log_held = Another engine already writes the log { $path }.
    .remedy = Stop it first (`systemctl stop muster-kiosk`), or give this engine a log of its own.
error-log_missing = There is no readable log at { $path } ({ $why }).
    .remedy = Start the engine first (`muster engine`), it makes the log.
error-log_newer = The log { $path } was written by a newer Muster (schema { $version }).
    .remedy = Update this terminal.
error-log_not_opened = The log { $path } can't be opened: { $why }.
    .remedy = Check that the folder exists and that this account may write there.
error-log_not_salvaged = The torn log { $path } can't be salvaged: { $why }.
    .remedy = Free some space, or look at the disk; the torn file is where it was.
error-log_not_written = Not recorded: the log { $path } can't be written ({ $why }).
    .remedy = Check the disk and its permissions; what was accepted before is safe.
error-log_other_terminal = The log { $path } is that of terminal { $other }, this one is { $terminal }.
    .remedy = Put the right card in, or correct `terminal` in the settings.
error-log_torn = The log was torn. { $number } events were kept; missing: { $missing }. See { $file }.
    .remedy = Keep that file and call the centre.
error-log_torn_in_use = The log { $path } is damaged: a torn page was met while it was in use.
    .remedy = Keep the file, start with a new log, and send the old one to the centre.
error-log_wal_torn = The write-ahead log of { $path } is torn.
    .remedy = Keep the file, and call the centre.
lost-nothing = none
lost-everything = everything
lost-one = { $epoch } { $first }
lost-span = { $epoch } { $first } to { $last }
lost-and_later = { $epoch } { $first } and whatever came later
lost-unknown = { $code }

## The line to the centre

error-broker_away = The broker { $broker } is away.
    .remedy = Check-ins are kept here.
error-broker_hung_up = The broker { $broker } hung up: it may not accept the certificate of this terminal. Check-ins are kept here.
    .remedy = Call the centre if this stays.
error-certificate_ended = The broker { $broker } hung up: the certificate of this terminal has ended. Check-ins are kept here.
    .remedy = Enrol this terminal anew with `muster enrol`.
error-certificate_not_renewed = The certificate of this terminal ends in { $days } days and was not renewed: { $why }.
    .remedy = It is tried again by itself; call the centre if this stays.
error-broker_refuses = The broker { $broker } refuses this terminal ({ $why }).
    .remedy = Check-ins are kept here; check its certificate, and whether it is enrolled.
error-session_taken_over = Another device uses the certificate of { $terminal }, and takes the line over from this one again and again.
    .remedy = Find the device with a copy of this terminal’s disk and switch it off; then make new keys here: `muster terminal renew { $terminal }` at the centre, `muster enrol TOKEN --again` here.
error-broker_unreachable = The broker { $broker } can't be reached ({ $why }).
    .remedy = Check-ins are kept here; check the network and [broker] in the settings.
error-centre_holds_others = The centre holds other events than this log in epoch { $epochs }.
    .remedy = Call the centre.
error-certificates_not_usable = The broker's certificates can't be used: { $why }.
    .remedy = Check ca_file, certificate_file and key_file under [broker].
error-events_refused = The centre refuses events { $first }–{ $last }: { $reason }
    .remedy = { $reason_remedy }
error-log_doubted = Two logs have spoken in the name of this terminal: its card was copied, or an older copy was put back.
    .remedy = Check-ins are kept and sent. Call the centre: somebody there must look at it.
error-messages_refused = The centre refuses what this terminal sends: { $reason }
    .remedy = { $reason_remedy }
error-needs_archive = The centre was restored and lacks { $count } events, from number { $first } on, that this terminal has purged.
    .remedy = Call the centre: `muster centre restore-check` there names the files of its archive. Nothing else is held up.
error-pauses_contradict = longest_pause_ms must be at least shortest_pause_ms.
    .remedy = Correct one of them under [broker].
reject-auth = it doesn't know this terminal's key.
    .remedy = Have the terminal enrolled at the centre.
reject-chain = they contradict those that it holds.
    .remedy = Keep the terminal's card and call the centre: it was restored or copied.
reject-malformed = it can't read them.
    .remedy = They are sent again; if this stays, call the centre.
reject-realm = one end is a demonstration, the other is not.
    .remedy = Connect the terminal to a centre of its own realm.
reject-size = they are too large.
    .remedy = Fewer are sent at a time from now on; nothing needs to be done.
reject-version = the two ends speak different versions.
    .remedy = Update the older end.
reject-unknown = { $code }.
    .remedy = Call the centre.

## The terminal: settings, local socket, what the centre gives, files

error-device_named_twice = In { $path }, two devices are named '{ $name }'.
    .remedy = Give each device a name of its own.
error-stand_ins_at_live = Stand-ins were asked for, but this terminal is live.
    .remedy = Leave --twins out, or use the demo.
error-uplink_not_running = The uplink is not running.
    .remedy = Check-ins are kept here; see `systemctl status muster-uplink`.
error-zone_not_known = In { $path }, key 'zone': '{ $zone }' is no time zone that is known here.
    .remedy = Write a name of the IANA time zone database, Asia/Shanghai for example.
error-client_other_version = { $client } speaks version { $version } of the local socket.
    .remedy = Restart it: an update has replaced it while it ran.
error-client_without_hello = A client spoke before its hello.
    .remedy = Restart it, or update it.
error-conversation_not_read = The recording { $path } can't be read: { $why }
    .remedy = Record it anew from an engine's socket.
error-conversation_without_snapshot = The recording { $path } does not begin with a snapshot.
    .remedy = Record the conversation from its first line.
error-engine_ended = The terminal's engine ended the connection.
    .remedy = It comes back by itself when the engine runs again.
error-engine_line_too_long = The engine sent a line of more than { $most } bytes.
    .remedy = Run the same version of Muster at both ends.
error-engine_missing = Nothing answers at { $path }.
    .remedy = Start the engine: systemctl start muster-kiosk.
error-engine_other_version = The engine speaks version { $version } of the local messages, not { $own }.
    .remedy = Run the same version of Muster at both ends.
error-engine_silent = The engine at { $path } is silent.
    .remedy = See journalctl -u muster-kiosk.
error-local_line_not_understood = A line on the terminal's local socket is not understood: { $why }.
    .remedy = Run the same version of Muster at both ends.
error-socket_failed = The connection to { $path } failed: { $why }.
    .remedy = See journalctl -u muster-kiosk.
error-socket_forbidden = This user may not use { $path }.
    .remedy = Add it to the socket's group.
error-socket_not_made = The local socket { $path } can't be made: { $why }.
    .remedy = Name a folder that this account may write to (at most 107 characters) as `socket`.
error-ack_other_terminal = An acknowledgement is for { $terminal }.
    .remedy = Check the broker.
error-command_too_late = The order { $id } came { $ms } ms after its deadline.
    .remedy = The centre gives it again where it still holds.
error-delivered_file_wrong = In { $path } (`{ $key }`): { $why }
    .remedy = { $why_remedy }
error-delivered_not_deleted = The file { $path } (`{ $key }`) was taken over and is not needed any more, but the engine can't delete it. { $why }
    .remedy = Run `rm { $path }` as root, start the engine again, and bring such files to a folder that belongs to the engine's account.
error-delivered_not_seen = Whether there is a file { $path } (`{ $key }`) can't be seen: { $why }.
    .remedy = Name a folder there that belongs to the engine's account.
error-key_lost = { $why }
    .remedy = Bring the key again, to { $path } (`{ $key }`), and restart the engine.
error-key_not_taken = { $why } The settings name it as `{ $key }`.
    .remedy = { $why_remedy }
error-kind_not_taken = Nobody here takes a { $kind } message.
    .remedy = Update this terminal.
error-roster_file_not_read = The roster { $path } (`{ $key }`) can't be read: { $why }.
    .remedy = Give it to the engine's account, or take it away: the centre sends the terminal its roster.
error-roster_other_number = The roster that came as version { $version } calls itself { $called }.
    .remedy = Publish it anew at the centre.
error-still_held = This revoked terminal still holds what it should not: { $left }
    .remedy = Delete the files by hand, or destroy the card.
error-disk_full = The disk is full; check-ins go into the last reserve.
    .remedy = Free some space on it soon.
error-kept_changed = The file { $path } can't be used: it was changed, or written on another device.
    .remedy = The centre sends its content again by itself.
error-kept_elsewhere = The file { $path } can't be used: it was not written on this device.
    .remedy = The centre sends its content again by itself.
error-kept_forgotten = The file { $path } was not written: this terminal was told to forget everything.
    .remedy = Enrol it anew with another key, and restart it.
error-kept_not_read = The file { $path } can't be used: { $why }.
    .remedy = The centre sends its content again by itself.
error-kept_not_written = The file { $path } can't be written: { $why }.
    .remedy = Check the disk of the state folder, and that this account may write there.
error-not_deleted = Not deleted: { $paths }.
    .remedy = Delete it by hand.
error-revocation_not_noted = The file { $path } can't be written.
    .remedy = Free some space.
error-glyph_wrong = In { $path }, '{ $line }' is no glyph.
    .remedy = Install Muster again: a file is damaged.

## What to repair on a machine

error-brltty_installed = brltty is installed: it takes CH340 serial converters (1a86:7523) for braille displays.
    .remedy = Run `apt-get purge brltty`, unless somebody reads this machine by braille.
error-card_service_off = The smart card service pcscd is not running, and the settings name a contactless reader.
    .remedy = Run `apt-get install { $packages }`, then `systemctl enable --now pcscd.socket`.
error-device_elsewhere = The device { $device } is to be at { $path }, which does not exist.
    .remedy = Plug it in, or correct the settings; of its kind here: { $paths }.
error-device_forbidden = The user { $user } may not use { $path } (group { $group }).
    .remedy = Run `{ $command }`, then log in or start the service anew.
error-device_held = { $holders } has { $path } open.
    .remedy = Stop it for as long as you look; Muster's own engine with `systemctl stop muster-kiosk`.
error-device_not_here = The device { $device } is to be at { $path }, which does not exist.
    .remedy = Plug it in and look again: this machine has no device of its kind.
error-device_of_root = The user { $user } may not use { $path } (group { $group }).
    .remedy = Install systemd/70-muster.rules, which gives it a group, and plug the device in again.
error-device_renamed = The device { $device } is to be at { $path }, which does not exist.
    .remedy = Plug it in, or correct the settings; similarly named here: { $paths }.
error-gpio_missing = This machine has no GPIO, and the settings name GPIO lines ({ $lines }).
    .remedy = Leave [feedback] out of the settings here: the screen tells everything too.
error-import_name_shared = The import name '{ $name }' of { $owner } is also used by another distribution: { $others }.
    .remedy = Run `{ $remove }` and install { $owner } again, or give Muster a virtual environment of its own.
error-modem_manager_running = ModemManager is running: it writes to every new serial port to find modems.
    .remedy = Run `apt-get purge modemmanager`, or set the udev tag ID_MM_DEVICE_IGNORE=1 on each port, as systemd/70-muster.rules does.
error-modules_loaded = The kernel modules { $modules } are loaded: they take contactless readers from pcscd.
    .remedy = Run `{ $keep_away }` and `{ $remove }`, then plug the reader in again.
error-no_device_found = This machine has no serial port and no camera.
    .remedy = Plug one in and see `muster doctor`, or name a settings file with --config.
error-no_device_named = { $path } names no device.
    .remedy = Plug one in and see `muster doctor`, or name a settings file with --config.
error-file_missing = The file { $path } ({ $key } in the settings) is missing.
    .remedy = Bring it back from where it was moved to, or enrol this terminal anew: `muster terminal renew` at the centre, `muster enrol TOKEN --again` here.
error-account_may_not_read = The account { $user } may not look at everything: the checks that lead here are not complete.
    .remedy = Run `muster doctor` as root.
error-not_enrolled = This terminal is not enrolled yet: it has no keys and no centre.
    .remedy = Run `muster terminal add` at the centre, then `muster enrol TOKEN` here.
error-enrolment_begun = This terminal is not enrolled yet: an enrolment was begun and is not through.
    .remedy = Run `muster enrol`: it goes on where it stopped.
error-key_open_to_all = Every account of this machine may read the key { $path }.
    .remedy = Run `{ $command }`.
error-service_may_not_read = The service account { $user } may not read { $path }.
    .remedy = Run `{ $command }`.
error-key_is_the_centres = The key { $path } is the centre's own, not this terminal's.
    .remedy = Delete it here and look to it at the centre; then `muster terminal renew` there and `muster enrol TOKEN --again` here.
error-terminal_revoked = The centre has revoked this terminal: it accepts nobody any more.
    .remedy = To use it again: `muster terminal renew` at the centre, `muster enrol TOKEN --again` here.
error-roster_not_believed = The roster that lies here is not of the centre of the settings. { $why }
    .remedy = If `centre_key` was changed by hand, undo that; else bring a new roster from the centre.
error-line_not_encrypted = The line to the broker is not encrypted: [broker] names no ca_file.
    .remedy = Enrol this terminal with `muster enrol TOKEN`, which brings its certificates.
error-certificate_of_other = The certificate is of { $name }, and this terminal is { $terminal }.
    .remedy = Was this card copied? Enrol this terminal under a name of its own: `muster terminal add`, `muster enrol TOKEN --again`.
error-certificate_without_key = The key { $path } does not belong to the certificate.
    .remedy = Bring both back from the same backup, or enrol anew: `muster terminal renew` at the centre, `muster enrol TOKEN --again` here.
error-certificate_by_other = The certificate was not issued by the authority in ca_file.
    .remedy = Bring the centre's authority here as ca_file, or enrol anew: `muster enrol TOKEN --again`.
error-certificate_not_begun = The certificate holds from { $day } on, and this machine's clock says { $now }.
    .remedy = Set the clock: `timedatectl set-ntp true`, or `timedatectl set-time` without a network.
error-certificate_over = The certificate ended on { $day }.
    .remedy = Check the clock; else enrol anew: `muster terminal renew` at the centre, `muster enrol TOKEN --again` here.
error-certificate_near_end = { $count ->
    [one] The certificate ends within { $count } day and was not renewed yet.
   *[other] The certificate ends within { $count } days and was not renewed yet.
  }
    .remedy = It renews itself once the line is up; call the centre if it is up and this stays.
error-broker_name_unknown = Nobody knows the name { $host } of the broker ({ $why }).
    .remedy = Check host under [broker], and the network with its name service.
error-broker_without_tls = What answers at { $broker } does not speak TLS ({ $why }).
    .remedy = Check host and port under [broker]; the broker's port is 8883 where the centre uses no other.
error-broker_of_other_authority = Another authority than that in { $path } signed the certificate of { $broker }.
    .remedy = Check host under [broker]; where the centre has a new authority, enrol anew with `muster enrol TOKEN --again`. Else somebody stands between.
error-broker_of_other_name = The broker at { $broker } proves to be another host than { $host }.
    .remedy = Write the name that the centre's certificate has as host under [broker], or let the centre add this one.
error-broker_certificate_wrong = The certificate of the broker { $broker } can't be believed ({ $why }).
    .remedy = Check this machine's clock; if it is right, the centre must renew the broker's certificate: `muster centre prepare`.
error-broker_refuses_certificate = The broker { $broker } refuses this terminal's certificate ({ $why }).
    .remedy = Ask the centre whether this terminal is revoked (`muster terminal show`); if so, `muster terminal renew` there and `muster enrol TOKEN --again` here.
error-broker_silent = The broker { $broker } takes the connection and says nothing.
    .remedy = See at the centre whether Mosquitto runs; another program may have the port.
error-roster_none = There is no roster yet: cards and codes are refused, badges recorded unverified.
    .remedy = It comes once the line is up; without a network, bring a file of `muster centre roster`.
error-roster_old = { $count ->
    [one] The roster (version { $version }) is { $count } day old.
   *[other] The roster (version { $version }) is { $count } days old.
  }
    .remedy = If something changed at the centre since, see whether the line is up.
error-clock_never_set = The clock says { $now }: it was never set.
    .remedy = Let a time server set it: `timedatectl set-ntp true`; without a network `timedatectl set-time`.
error-clock_behind_log = The clock says { $now }, and the log's newest event is of { $newest }.
    .remedy = Set the clock: `timedatectl set-ntp true`. If it was ahead before, tell the centre from when to when.
error-clock_not_steered = The clock says { $now }, and no time server vouches for it.
    .remedy = Let one: `timedatectl set-ntp true`, and NTP (UDP 123) through the network's firewall.
error-state_folder_missing = The folder { $path }, where the terminal writes, is missing.
    .remedy = Run `systemd-tmpfiles --create`, and see that its disk is mounted.
error-state_folder_refuses = Nothing can be written into { $path }: { $why }.
    .remedy = See `dmesg`: a disk that fails is mounted read-only. Replace it, and keep the old one for its log.
error-disk_nearly_full = Only { $free } MiB are free for the log in { $path }.
    .remedy = Make room: `journalctl --vacuum-size=50M`, `apt-get clean`. Never delete log.db.
error-log_not_there = There is no log yet at { $path }.
    .remedy = The engine makes it at its first start: `systemctl start muster-kiosk`.
error-log_to_salvage = A torn page was met in the log.
    .remedy = The engine saves what can be read at its next start: `systemctl restart muster-kiosk`.
error-events_wait_long = { $count ->
    [one] { $count } event has waited for { $days } days to be sent.
   *[other] { $count } events wait to be sent, the oldest for { $days } days.
  }
    .remedy = They are safe. Repair the line, or carry them to the centre: `muster log export FILE`.
error-service_missing = The service { $unit } is not installed.
    .remedy = Install it as systemd/README.md says.
error-service_not_running = The service { $unit } does not run ({ $state }).
    .remedy = See why: `journalctl -u { $unit } -n 30`; then `systemctl restart { $unit }`.
error-service_not_at_boot = The service { $unit } does not start with the machine: after the next power cut it is missing.
    .remedy = Run `systemctl enable { $unit }`.
error-service_restarted = { $count ->
    [one] The service { $unit } was started anew { $count } time.
   *[other] The service { $unit } was started anew { $count } times.
  }
    .remedy = See why: `journalctl -u { $unit } -n 100`.
error-device_fails = { $device } ({ $kind }): { $why }
    .remedy = { $why_remedy }
error-pin_library_missing = No library for GPIO is installed: buzzer and lights (lines { $lines }) may stay mute.
    .remedy = Install one into Muster's own environment: `/opt/muster/bin/pip install lgpio`.
error-pins_not_opened = The GPIO lines { $lines } can't be opened: { $why }
    .remedy = See that no other program has them, and that the account is in the group gpio.
error-bundle_not_written = The archive { $path } can't be written: { $why }.
    .remedy = Name a file in a folder that you may write to.

## The technician's commands: doctor and scan

doctor-machine = Devices of this machine
doctor-serial_ports = serial ports:
doctor-cameras = cameras:
doctor-keyboards = keyboards:
doctor-card_readers = card readers:
doctor-gpio = GPIO:
doctor-none = none
doctor-not_known = not known: { $why }
doctor-repair = What to repair
doctor-nothing = Nothing to repair was found.
doctor-root = root may use every device. To try as the service does:
doctor-no_settings = No settings were named and { $path } does not exist: this machine is no terminal yet, and no device was tried. To make it one: `muster enrol TOKEN`.
doctor-head = Terminal { $terminal }, { $now }, Muster { $version }
doctor-see = see { $numbers }
doctor-sum = To repair: { $broken } broken (✖), { $look } to look at (!)
doctor-more = { $count ->
    [one] … and { $count } more: repair these first, then ask again.
   *[other] … and { $count } more: repair these first, then ask again.
  }
doctor-bundle = { $path } is for support: no people, no keys; look into it before you send it.
doctor-check-keys = keys
doctor-check-centre = centre
doctor-check-certificate = certificate
doctor-check-broker = broker
doctor-check-roster = roster
doctor-check-clock = clock
doctor-check-disk = disk
doctor-check-log = log
doctor-check-services = services
doctor-check-screen = screens
doctor-check-devices = devices
doctor-check-pins = buzzer, lights
doctor-check-cards = smart cards
doctor-check-wedge = typing scanners
checked-after_enrolment = after the enrolment
checked-not_judged = not to be judged yet
checked-keys_good = all there, for their accounts only
checked-centre_good = known by its key { $key }; its signature holds
checked-centre_known = known by its key { $key }; no roster was seen that proves it
checked-certificate_good = { $count ->
    [one] { $name }, { $count } day left
   *[other] { $name }, { $count } days left
  }
checked-broker_good = { $broker } lets this terminal in, by TLS
checked-broker_unencrypted = { $broker } lets this terminal in, not encrypted
checked-broker_connected = { $broker } answers by TLS, and the uplink is connected
checked-roster_good = { $count ->
    [0] version { $version }, of today
    [one] version { $version }, { $count } day old
   *[other] version { $version }, { $count } days old
  }
checked-clock_good = { $now }, believed
checked-clock_within = { $now }, right within { $error } ms
checked-disk_good = { $free } MiB free, can be written to
checked-log_good = { $events } events, and the newest link
checked-log_and_unsent = { $events } events, the newest link, { $unsent } to be sent
checked-services_good = running: { $units }
checked-no_systemd = no systemd here
checked-screen_good = the engine answers them
checked-devices_good = ready: { $devices }
checked-devices_none = the settings name none
checked-pins_good = GPIO { $lines } can be switched
checked-pins_of_engine = GPIO { $lines }, in the engine's hands
checked-cards_good = { $readers }
checked-wedge_layout = { $devices }: set to a US keyboard? A badge tells: `muster scan`
checked-unknown = { $code }
scan-present = Present something to { $devices }. Ctrl-C ends.
scan-no_roster = Badges are not verified: there is no roster yet.
scan-not_verified = Badges are not verified.
scan-code = code, { $length } characters: { $what }
scan-id_number = ID card, { $length } characters: { $what }
scan-card_uid = card, { $length } characters: { $what }
scan-signed_tap = card that signs, { $length } characters: the engine alone has the keys to verify it
scan-tag = tag, { $length } characters: { $what }
scan-keypad = keypad, { $length } digits
scan-sms = text message, { $length } characters; it stays in the modem
scan-badge = Muster badge of volunteer { $volunteer }, { $notes }
scan-badge_not_verified = Muster badge { $text }, not verified
scan-badge_not_valid = NO VALID Muster badge ({ $why })
scan-printed = printed
scan-on_phone = on a phone
scan-signed = signature valid
scan-expired = expired
scan-revoked = revoked
scan-demo = of a demo
scan-no_check_digit = a number of a kind without check digit
scan-check_digit_valid = valid check digit
scan-check_digit_wrong = WRONG check digit

## The command line

command-error = Error:

## The centre: settings, files, printing, messages

error-badge_code_too_long = A badge's text has { $length } characters.
    .remedy = It must have at most { $most }, or cameras at arm's length can't read it.
error-badge_code_unreadable = A badge's code can't be read again from its picture.
    .remedy = Do not print it; report it to the developers.
error-nothing_entered = { $why }
    .remedy = Correct it; nothing was entered.

## The centre's pages: headings and states

page-board = Site board
page-site = Site
page-language = Language
page-day_before = Day before
page-day_after = Day after
page-today = Today
page-times_in = Times in
page-present = On site now
page-nobody = Nobody is checked in.
page-since = Since
page-lines = Hours of the day
page-no_lines = No hours yet on this day. They appear here within seconds of a check-in arriving.
page-pending = Computed by the rules; they count once they have been reviewed.
page-volunteer = Volunteer
page-activity = Activity
page-in = In
page-out = Out
page-presence = Presence
page-hours = Hours
page-flags = Remarks
page-rules = Why
page-total = Total
page-open = still here
page-unknown = not known
page-waiting = Volunteers whose new records are being computed:
page-uncounted = Scans that did not count
page-time = Time
page-reason = Reason
page-terminals = Terminals and completeness
page-no_terminals = No terminal is enrolled at this site.
page-terminal = Terminal
page-certificate_days = Certificate, days left
page-state = State
page-complete = complete
page-missing = events missing
page-doubted = doubted
page-silent = never heard of
page-held = Events here
page-missing_count = Missing
page-heard = Last heard
page-clock = Clock
page-needs_review = To be looked at
page-refused = Refused messages
page-forks = Contradictions
page-never = never
page-evidence = Evidence
page-evidence_why = The event as the terminal wrote it. It is never changed.
page-manual_record = Manual record
page-manual_record_why = A time that a person entered. It counts once a second person has confirmed it.
page-entered_by = Entered by
page-unconfirmed = waits for a second person
page-confirmed_by = confirmed by
page-declined_by = declined by
page-certificate = Certificate of service
page-certificate_why = Type the number of a certificate to see what it states and whether it still holds.
page-certificate_number = Number
page-check = Check
page-recording_unit = Recorded by
page-issued_on = Issued on
page-content = Content
page-notices = Public notices
page-no_notices = No notice has been published yet.
page-published = Published
page-date = Date
page-epoch = Epoch
page-number = Number
page-hash = Hash
page-received = Received
page-terminal_clock = Terminal's clock
page-stored = stored
page-back = Back to the board
page-reload_off = Stop reloading
page-reload_on = Reload by itself
page-not_here = Not here
page-out_of_order = Out of order
error-no_page = No page has this address.
    .remedy = Go back to the board.
error-no_site_here = There is no site '{ $site }' here.
    .remedy = Choose one on the board.
error-no_site_yet = No site has been entered yet.
    .remedy = Enter sites, activities and volunteers first.
error-no_event_here = The centre holds no event { $number } of this epoch of terminal { $terminal }.
    .remedy = It may not have arrived yet; go back to the board.
error-no_record_here = The centre holds no manual record { $number }.
    .remedy = Go back to the board.
error-no_notice_here = No notice { $number } was published here.
    .remedy = Look at the list of notices.
error-no_date = '{ $text }' is no date.
    .remedy = Write it as 2026-03-07.
error-no_board_of_year = No board exists for the year { $year }.
    .remedy = Choose another day on the board.
error-page_failed = The centre could not make this page. No record is lost by that: terminals keep theirs until the centre has stored them.
    .remedy = Look at the log of `muster web`.

## The rules of hours

error-IMPOSSIBLE_CLOCK = A clock's drift, error or running time is negative.
    .remedy = Look at the terminal's anchors; its log may be damaged.
error-INVALID_CALENDAR = { $days } working days can't be counted with weekend days { $weekend }.
    .remedy = Give 0 or more days, and leave at least one weekday to work on.
error-INVALID_CERTIFICATE_NUMBER = Issuer '{ $issuer }', year { $year } and sequence { $number } make no certificate number.
    .remedy = The issuer is six digits, the year four, the sequence 1 to 999999.
error-INVALID_RULE_SET = The rule set can't be used: { $why }.
    .remedy = Correct that field; the shipped settlement settings explain each one.
error-NEGATIVE_RATE = The hourly rate is { $cents } cents.
    .remedy = Give a rate of 0 or more.
error-NO_RATING = The effect has no rating.
    .remedy = Give at least one of the three ratings.
error-RATE_WITHOUT_SOURCE = The hourly rate lacks: { $missing }. No value is computed from it.
    .remedy = Write amount, currency, source and year under [economic_value] in the settings.
error-STARS_NOT_RISING = The star thresholds { $hours } do not rise.
    .remedy = List the hours from the first star to the last.
error-TOO_MANY_RATINGS = The effect has { $number } ratings.
    .remedy = At most three count: the volunteer's own, a peer's and the leader's.
error-TRANSFER_DONE = This transfer has ended.
    .remedy = Request a new one if it was wrong.
error-TRANSFER_INCOMPLETE = The transfer lacks: { $missing }.
    .remedy = Add it and try again.
error-UNKNOWN_ZONE = The zone '{ $zone }' is not in the time zone database.
    .remedy = Use an IANA name such as Asia/Shanghai.
error-WEIGHT_OUT_OF_RANGE = Duty { $duty } and effect { $effect } (thousandths) are not both allowed.
    .remedy = Duty is 1000 to 2000, effect 0 to 1500.

## Decisions on hours, and applications for gifts

error-BLOCKING_FLAG = This line carries a remark that somebody must look at.
    .remedy = Open the line and decide on it by itself.
error-EXCHANGE_LIMIT = This year's number of exchanges is used up.
    .remedy = Apply again next year; points do not carry over.
error-FOUR_EYES = Whoever took part in this line does not decide on it.
    .remedy = Ask somebody who took no part in it.
error-INSUFFICIENT_POINTS = The points do not suffice.
    .remedy = Choose a smaller gift, or wait.
error-NOT_PENDING = This entry was already decided, or a newer one took its place.
    .remedy = Look at the line again.
error-NOT_SEEN = An inspector called this volunteer that day and saw nobody.
    .remedy = Ask the inspector, and decide on the line by itself.
error-NOT_REJECTED = There is no rejection here that stands.
    .remedy = Look at the line with muster rules explain, and name the entry that was rejected.
error-OWN_REJECTION = Whoever rejected time of this line does not let it count.
    .remedy = Ask another reviewer to decide on it, or to reopen it.
error-REJECTED_BEFORE = An earlier result of this line was rejected.
    .remedy = See why with muster rules explain, and decide on it by itself, with a note that says why it counts now.
error-SELF_REVIEW = Nobody decides on what concerns themselves.
    .remedy = Ask somebody else to do it.
error-UNKNOWN_TIER = There is no gift '{ $gift }'.
    .remedy = Choose one of { $gifts }.

## What people enter and decide at the centre

error-ACTIVITY_WITHOUT_NAME = An activity needs an id and a title.
    .remedy = Write both.
error-ALARM_SETTLED = Alarm { $number } was settled already, by { $by }.
    .remedy = `muster centre alarms` lists those that are open.
error-ALREADY_DECIDED = This was decided already.
    .remedy = Look at the list again.
error-ALREADY_MEMBER = Volunteer { $volunteer } belongs to { $organisation } already.
    .remedy = Nothing needs to be done.
error-ALREADY_REPLACED = { $record } counts instead of { $event } already.
    .remedy = Name { $record } to correct it once more.
error-ALREADY_SUPERSEDED = { $number } was superseded by { $newer }.
    .remedy = Reissue that one.
error-ALREADY_SUSPENDED = Volunteer { $volunteer } is suspended already.
    .remedy = Nothing needs to be done.
error-BAD_TELEPHONE = This is no telephone number with its country's code.
    .remedy = Write it as +8613912345678.
error-CALLED_TWICE = Somebody is named twice among those called.
    .remedy = Name each person once.
error-CERTIFICATE_INCOMPLETE = The certificate would lack: { $missing }.
    .remedy = Complete the organisation and its activities.
error-CREDENTIAL_TAKEN = This card or telephone stands for somebody else already.
    .remedy = Revoke it there first, and hand out another one.
error-DISPUTE_OPEN = An objection to { $activity } on { $day } is being looked at already.
    .remedy = Wait for its answer, or add to it there.
error-DISPUTE_WITHOUT_TEXT = No reason is given.
    .remedy = Write why, in 1 to { $most } characters.
error-FUTURE_REVOCATION = A badge or card can't be revoked from a moment that is still to come.
    .remedy = Terminals refuse it as soon as they know; revoke it then.
error-FUTURE_TIME = This time is still to come.
    .remedy = Correct the time.
error-INVALID_DIRECTION = A manual record says whether somebody came or left.
    .remedy = Choose one.
error-INVALID_ISSUER = '{ $issuer }' is no issuer's number.
    .remedy = Write the six digits under which the organisation issues certificates, or nothing.
error-INVALID_PATH = '{ $path }' is no place in the tree of organisations.
    .remedy = Write { $digits } digits for each level, such as 00010003, neither all 0 nor all 9.
error-INVALID_TIME = '{ $text }' is no time.
    .remedy = Write it as 2026-03-07T17:55.
error-INVALID_VOLUNTEER = Volunteer { $volunteer } can't be entered as it is.
    .remedy = The number has 1 to 12 digits, the name 1 to { $most } printable characters.
error-ISSUER_TAKEN = Another organisation issues certificates as { $issuer }.
    .remedy = Give this one a number of its own.
error-LEFT_BEFORE_JOINING = Volunteer { $volunteer } can't leave { $organisation } before having joined it.
    .remedy = Correct the day.
error-MANUAL_NO_REASON = No reason is given.
    .remedy = Write why, in 1 to { $most } characters.
error-MANUAL_SELF = Nobody enters or confirms the own time.
    .remedy = Ask two other people.
error-MANUAL_UNCONFIRMED = Who entered a time does not confirm it.
    .remedy = Ask a second person to look at it.
error-NAMES_ACTIVITY = The event { $event } names its activity itself, or nobody knows whose it is.
    .remedy = Enter what is missing, or enter the right time as a manual record.
error-NOBODY = A decision needs somebody who made it.
    .remedy = Name the person, in 1 to { $most } characters.
error-NOBODY_RECORDED = No organisation recorded '{ $activity }', so nobody can certify it.
    .remedy = Check the activity.
error-NOTE_TOO_LONG = The text has { $length } characters; { $most } fit.
    .remedy = Shorten it; longer papers belong into a file.
error-NOTHING_TO_CERTIFY = { $organisation } has no approved time of volunteer { $volunteer } to certify.
    .remedy = Have the lines reviewed first, or ask the organisation that recorded them.
error-NOTHING_TO_CORRECT = An objection that is rejected corrects no times.
    .remedy = Uphold it, at least partly, or leave the times out.
error-NOTHING_TO_REPLACE = { $event } is no check-in or check-out of volunteer { $volunteer } that counts as evidence.
    .remedy = Take the name of the event as muster rules explain shows it.
error-NOT_APPLIED = Exchange { $number } was decided already.
    .remedy = Look at the list again.
error-NOT_APPROVED = Exchange { $number } is { $state }: no gift is to be handed out.
    .remedy = Look at the application again.
error-NOT_A_MEMBER = Volunteer { $volunteer } does not belong to { $organisation }.
    .remedy = Look up where the volunteer belongs.
error-NOT_READY = Evidence of this activity is missing: { $reasons }.
    .remedy = Connect these terminals; from { $due } on you may give a reason to go on without them.
error-NOT_RECORDER = { $organisation } did not record '{ $activity }' and can't certify it.
    .remedy = Ask { $recorder }, which recorded it.
error-NOT_RELEASED = { $organisation } has not released the volunteer yet.
    .remedy = Ask there for the release.
error-NOT_REQUESTED = This transfer was released already.
    .remedy = Let the destination accept it.
error-NOT_REVOKED = No such badge or card is revoked.
    .remedy = Look it up under its volunteer.
error-NOT_SERVED = Volunteer { $volunteer } has no line in { $activity }.
    .remedy = Rate those who served there.
error-NOT_SUSPENDED = Volunteer { $volunteer } is not suspended.
    .remedy = Nothing needs to be done.
error-NO_EVENT_NAME = '{ $text }' names no event.
    .remedy = Write terminal/epoch/number, as `muster review events` lists it.
error-NO_ISSUER = { $organisation } issues no certificates.
    .remedy = Enter its six-digit number as an issuer first.
error-NO_LETTER = No introduction letter is named.
    .remedy = Write its number or where it is kept, in 1 to { $most } characters.
error-NO_LINE = Nothing is known of volunteer { $volunteer } in { $activity }.
    .remedy = Check whether the terminals' events have arrived.
error-NO_LINE_THAT_DAY = Nothing is known of volunteer { $volunteer } in { $activity } on { $day }.
    .remedy = Check the date, and whether the terminals' events have arrived.
error-NO_REASON = No reason is given.
    .remedy = Write why, in 1 to { $most } characters.
error-ORGANISATION_WITHOUT_NAME = An organisation needs a name.
    .remedy = Write what people call it.
error-OTHER_SITE = { $activity } is not at the site of the terminal { $terminal }.
    .remedy = Name an activity of that site.
error-PHASES_OUT_OF_ORDER = In { $activity }, { $following } can't follow { $phase }.
    .remedy = The order is { $order }; leave out what there was not.
error-PHASES_OVERLAP = In { $activity }, { $following } begins before { $phase } has begun, or with it.
    .remedy = Give each phase a later beginning than the one before.
error-POST_TAKEN = A post of { $activity } that is to be removed has people on it.
    .remedy = Give them another post first.
error-RESERVED_ID = '{ $activity }' stands for an activity that a terminal could not name.
    .remedy = Choose another id.
error-SAME_ORGANISATION = A transfer leads to another organisation.
    .remedy = Choose where to.
error-SELF_RATING = Exactly the own rating comes from the volunteer.
    .remedy = Choose the role that the rater has.
error-SITE_WITHOUT_NAME = A site needs a code and a name.
    .remedy = Write both.
error-SUSPENDED_VOLUNTEER = Volunteer { $volunteer } is suspended.
    .remedy = Lift the suspension first.
error-TERMINAL_ELSEWHERE = No terminal '{ $terminal }' stands at { $site }.
    .remedy = Name one of that site's terminals, or none.
error-TIMES_OVERLAP = The { $times } of { $activity } overlap, or one ends before it begins.
    .remedy = Write them one after the other.
error-TIME_NOT_ONCE = { $time } does not exist once in { $zone }, where the clocks change.
    .remedy = Write it with its offset, such as 2026-10-25T02:30+02:00.
error-TIME_OF_ANOTHER_AGE = { $time } is no time of this age.
    .remedy = Correct the year.
error-TOO_MANY_CODES = Too many codes were sent to this telephone or for volunteer { $volunteer }.
    .remedy = Use the newest one, or wait { $minutes } min.
error-TRANSFER_OPEN = Volunteer { $volunteer } is moving already.
    .remedy = Finish or withdraw that transfer first.
error-TREE_FULL = No further organisation fits there.
    .remedy = Enter it below another organisation.
error-UNKNOWN_ACTIVITY = There is no activity '{ $activity }'.
    .remedy = Enter it first, or correct its id.
error-UNKNOWN_ALARM = There is no alarm { $number } to settle.
    .remedy = `muster centre alarms` lists them with their numbers.
error-UNKNOWN_CERTIFICATE = There is no certificate { $number }.
    .remedy = Check its number.
error-UNKNOWN_CREDENTIAL = No such card, telephone or badge is entered.
    .remedy = Look it up under its volunteer.
error-UNKNOWN_DISPUTE = There is no dispute { $number }.
    .remedy = Look at the list again.
error-UNKNOWN_ENTRY = One of these entries does not exist.
    .remedy = Open the list of lines again.
error-UNKNOWN_EVENT = There is no event { $event }.
    .remedy = Correct its name.
error-UNKNOWN_EXCHANGE = There is no exchange { $number }.
    .remedy = Look at the list again.
error-UNKNOWN_LANGUAGE = The site { $site } can't speak '{ $language }'.
    .remedy = Choose one of { $languages }.
error-UNKNOWN_ORGANISATION = There is no organisation '{ $organisation }'.
    .remedy = Enter it first, or correct its path.
error-UNKNOWN_POST = The activity { $activity } has no post '{ $post }'.
    .remedy = Enter the post with the activity first.
error-UNKNOWN_RECORD = There is no manual record { $number }.
    .remedy = Look at the list again.
error-UNKNOWN_SITE = There is no site '{ $site }'.
    .remedy = Enter it first, or correct its code.
error-UNKNOWN_STAR_REVIEW = There is no star review { $number }.
    .remedy = Look at the list again.
error-UNKNOWN_TELEPHONE = This telephone is not registered for volunteer { $volunteer }.
    .remedy = Correct the number, or register it with `muster centre import`.
error-UNKNOWN_TRANSFER = There is no transfer { $number }.
    .remedy = Look at the list again.
error-UNKNOWN_VOLUNTEER = There is no volunteer { $volunteer }.
    .remedy = Enter the volunteer first, or correct the number.

## Terms in these sentences

document-introduction_letter = introduction letter
document-service_record = service record
document-unknown = { $code }
stated-service_time = service time
stated-service_content = service content
stated-recording_unit = recording unit
stated-unknown = { $code }
exchange-applied = applied for
exchange-approved = approved
exchange-rejected = rejected
exchange-fulfilled = fulfilled
exchange-unknown = { $code }
phase-draft = draft
phase-submitted = submitted
phase-recruiting = recruiting
phase-staffing = staffing
phase-executing = executing
phase-ended = ended
phase-archived = archived
phase-unknown = { $code }
times-shifts = shifts
times-breaks = breaks
times-unknown = { $code }
not_ready-SEQ_GAP = { $terminal } (events are missing)
not_ready-AWAITING_SYNC = { $terminal } (not heard of since the activity closed)
not_ready-LOG_DOUBTED = { $terminal } (two logs speak in its name; `muster centre alarms`)
not_ready-unknown = { $terminal } ({ $code })

## Rows of the lists that people import

error-list_not_read = The file can't be read as a list of volunteers: { $why }.
    .remedy = Save it as CSV in UTF-8 (or say that it is GB18030, as Chinese spreadsheets save it) with the columns { $required } and any of { $optional }.
csv-no_csv = it is no CSV near row { $row } ({ $why })
csv-too_large = it has more than { $most } MB
csv-not_encoded = it is not { $encoding } (byte { $byte })
csv-columns_missing = its first row lacks { $missing }
csv-columns_unknown = its first row has unknown columns: { $unknown }
csv-columns_missing_and_unknown = its first row lacks { $missing } and has unknown columns: { $unknown }
csv-column_twice = its first row names a column twice
csv-unknown = { $code }
place-row = row { $row }
place-volunteer = volunteer { $number }
place-site = site '{ $name }'
place-organisation = organisation '{ $name }'
place-activity = activity '{ $name }'
place-fault = { $place }: { $why }
place-trouble = { $place }: { $why } { $why_remedy }
place-unknown = { $code }
row-another_name = volunteer { $volunteer } has another name here
row-card_length = the { $column } has too few or too many characters
row-card_taken = its { $card } stands for volunteer { $volunteer } already
row-cells_miscounted = it has { $cells } cells, the first row { $columns }
row-last_day_over = its last day, { $day }, is over
row-name_length = the name must have 1 to { $most } printable characters
row-not_joined_yet = { $day }, since when it is to count, is still to come
row-no_activity = there is no activity '{ $activity }'
row-no_badge = { $why }
row-no_date = '{ $text }' is no date such as 2026-03-07
row-no_font = no font here has { $characters }
row-no_language = '{ $text }' is none of the languages { $languages }
row-no_number = '{ $text }' is no volunteer number of 1 to 12 digits
row-no_organisation = there is no organisation '{ $organisation }'
row-no_post = { $activity } has no post '{ $post }'
row-no_serial = '{ $text }' is no serial of 0 to 65535
row-no_single_font = no single font here has all characters of the name
row-organisation_missing = it says since when, and not where: the organisation is missing
row-post_without_activity = it names a post and no activity
row-rounded = the spreadsheet has rounded the { $column }; format that column as text
row-same_assignment = it repeats row { $row }: the same volunteer and activity
row-same_badge = it repeats row { $row }: the same volunteer and serial
row-somebody_else = volunteer { $volunteer } is somebody else in row { $row }
row-something_long = what has { $length } characters is no volunteer number of 1 to 12 digits
row-unknown = { $code }

## The centre itself

error-archive_beside_database = The archive { $archive } lies on the same disk as the database { $database }: one broken disk takes both, and terminals have purged what was archived.
    .remedy = Let `archive_folder` in the settings name a folder on another disk, and move what is in it there.
error-archive_not_the_same = The archive file { $path } doesn't read as it was written.
    .remedy = Look at the disk of archive_folder; the events are in the database, and nothing was purged.
error-archive_not_written = The archive { $path } can't be written: { $why }.
    .remedy = Check archive_folder in the settings, and the space on its disk.
error-badge_libraries_missing = Badges can't be printed here: { $missing } is not installed.
    .remedy = Install Muster with what prints badges: pip install 'muster[badges]'.
error-backup_not_made = The backup could not be made: { $path }: { $why }.
    .remedy = Mount the disk, make room there, or run the command with an account that may read and write it.
error-badges_for_nobody = No badge can be printed for { $volunteers }.
    .remedy = Such volunteers are not entered or not expected there, or they are suspended.
error-badges_not_written = { $path } can't be written: { $why }.
    .remedy = What was written of this run is deleted again. Free some space, or name another place.
error-badges_there = { $path } exists already; { $number } files in all do.
    .remedy = Nothing was written. Name another place, or say --overwrite.
error-cases_malformed = The case file { $path } is malformed: { $why }.
    .remedy = Correct it; tests/vectors/settlement-cases.json shows the format.
error-centre_missing = The database holds no { $realm } centre.
    .remedy = Start the listener, the settler or the pages once: each of them makes what is missing.
error-centre_not_prepared = The centre can't be prepared in { $path }: { $why }.
    .remedy = Check `directory` in the settings, and that this account may use the file that is named.
error-commits_not_durable = PostgreSQL answers before what it stored is safe (synchronous_commit = { $value }): a check-in could be acknowledged and lost.
    .remedy = Set synchronous_commit = on for the database and its role (ALTER DATABASE … SET, ALTER ROLE … SET, postgresql.conf) and start again.
error-standby_asynchronous = The database's standby follows asynchronously: what staff decided just before the database dies may be missing there, and nothing brings it back.
    .remedy = Let the database wait for its standby: synchronous_standby_names, with synchronous_commit = on, in postgresql.conf.
error-database_not_usable = The centre's database can't be used: { $why }.
    .remedy = Check `database` in the settings. A file: its folder must be there, and this account must be able to write in it. PostgreSQL: the server must run, and the database and its role must be there.
error-database_away = The centre's database does not answer.
    .remedy = Check that it runs, and `database` in the centre's settings; what comes meanwhile is kept at the terminals.
error-database_other_realm = The database belongs to a { $held } centre, the settings say { $realm }.
    .remedy = Name another database; evidence of one realm never becomes evidence of the other.
error-database_wrong = The key database of the settlement settings names neither a file nor a PostgreSQL database.
    .remedy = Write a file name, or postgresql://user:password@host:port/name.
error-epoch_named_twice = The greeting of { $terminal } names an epoch twice.
    .remedy = Its software is broken or not Muster's: look at that device.
error-key_is_another = { $path } holds another key than the one of the centre in the database.
    .remedy = Put it aside and copy the file from the machine where this centre runs, or from its backup. If the database is meant to be another centre's, correct `database` in the settings.
error-key_missing_here = The database belongs to a centre that has its keys already, and { $path } is missing here.
    .remedy = Copy it from the machine where this centre runs, or from its backup, so that only this account can read it. Only where it is lost for good, `muster centre prepare --new-keys` makes another; then every terminal must be enrolled anew.
error-events_contradict = The events { $first } to { $last } contradict those held of this epoch.
    .remedy = Keep the terminal's card and call the centre: it was restored or copied.
error-font_wrong = { $path } is no font that can be printed with: { $why }.
    .remedy = Name a TrueType or OpenType file.
error-fonts_missing = There is no font to print badges with.
    .remedy = Install Debian's fonts-noto-core and fonts-noto-cjk, or name a file with --font.
error-gateway_refuses = The provider of text messages refused ours (HTTP { $status }).
    .remedy = Check number, credit and token; [text_messages] in the settings says how it is sent.
error-gateway_silent = The provider of text messages does not answer ({ $why }).
    .remedy = Wait whether the message arrives, then issue another code; check url in [text_messages].
error-gateway_without_url = The http gateway needs the url of a provider.
    .remedy = Give it in [text_messages].
error-header_too_deep = A signed { $kind } is nested too deep.
    .remedy = Update the terminal.
error-live_pages_open = The pages have no accounts yet and must not be served at { $address }.
    .remedy = Use 127.0.0.1 behind a proxy that asks who somebody is.
error-live_prints_codes = A live centre does not print codes for others to read.
    .remedy = Use http or none as gateway in [text_messages].
error-live_sends_openly = A live centre sends telephone numbers with TLS only.
    .remedy = Give url in [text_messages] with https.
error-live_without_certificates = A live centre reaches a broker elsewhere ({ $host }) with certificates only.
    .remedy = Give ca_file, certificate_file and key_file in [broker].
error-no_gateway = This centre has nobody who sends text messages.
    .remedy = Name a provider in [text_messages] of the settings, or let the volunteer text a terminal.
error-pages_not_served = The pages can't be served at { $address }: { $why }.
    .remedy = Correct `address` and `port` under [web] in the settings.
error-pages_port_taken = The pages can't be served at { $address }: another program has that port.
    .remedy = Stop that program, or write another `port` under [web] in the settings.
error-provider_token_not_read = The token of the provider of text messages can't be read from { $path }: { $why }.
    .remedy = Put it there, or correct token_file in [text_messages].
error-realm_other = This is a { $realm } centre, and the message says that it is { $claimed }.
    .remedy = Connect the terminal to a centre of its own realm.
error-roster_older = Terminal { $terminal } has a roster of version { $version } already.
    .remedy = Leave --version out, or name a higher one.
error-rules_differ = The rules in the settings differ from those already used as version { $version }.
    .remedy = Raise `version` in [rules]; results name the version that made them.
error-sender_revoked = Terminal { $terminal } is revoked.
    .remedy = Enrol it at this centre anew.
error-sender_unknown = Terminal { $terminal } is not enrolled.
    .remedy = Enrol it at this centre: `muster terminal add` here, `muster enrol` there.
error-settings_refused = No terminal takes these settings: { $refused }.
    .remedy = Correct them.
error-staff_reference_wrong = '{ $reference }' can't be a staff reference: { $why }.
    .remedy = Use lower-case letters, digits and hyphens, or the person's volunteer number.
error-staff_site_unknown = There is no site '{ $site }'.
    .remedy = Enter it first, or correct its code.
error-staff_unknown = There is no staff member '{ $reference }'.
    .remedy = Correct the reference.
error-staff_without_name = { $reference } has no name.
    .remedy = Name the person as the site may show them.
error-tables_older = The centre's database lacks { $count } changes of its tables that this version wants.
    .remedy = Run `muster centre prepare`.
error-terminal_unknown = No terminal '{ $terminal }' is enrolled here.
    .remedy = Correct its name (`muster terminal list`), or enrol it: `muster terminal add`.
error-topic_other = Terminal { $terminal } sent a { $kind } as { $claimed } in bucket { $bucket }.
    .remedy = Check the broker's access list and the bucket in the terminal's settings.
error-topic_unknown = Nobody is meant to publish on the topic '{ $topic }': { $why }.
    .remedy = Check the broker's access list.

## Commands and the demo

error-badge_key_not_believed = This centre's terminals would refuse the badges: they do not know the key { $key }.
    .remedy = Add { $public } to `badge_issuers` in { $path } and send new rosters.
error-demo_failed = The demo did not go as it should. { $why }
    .remedy = See { $log }.
error-demo_folder_not_empty = The folder { $path } is not empty.
    .remedy = Name a new one: a demo never reuses keys.
error-command_library_missing = This command needs the Python library { $library }, which is not installed here.
    .remedy = Run it where its part of Muster is installed, or install that: `muster[kiosk]` at a terminal, `muster[settlement]` at a centre; the demo needs both.
error-mosquitto_missing = The broker Mosquitto is not installed.
    .remedy = Run `make setup`, or `apt install mosquitto`.
error-port_not_free = Port { $port } can't be used for { $purpose }: { $why }.
    .remedy = Stop the program that uses it, or choose another port.
review-rejected_before = rejected before (entry { $entry }) by { $by }: { $why }; new since: { $new } h
review-reopened = rejected before (entry { $entry }) by { $by }: { $why }; reopened by { $other }: { $reason }; new since: { $new } h
preview-line = { $activity }, { $day }: { $before } h without it, { $after } h with it.
preview-remark = It would say: { $remark }
preview-nothing = It would change no hours.
preview-held = It would not count. { $why }
already-out = There is already a check-out at { $at }; to let the new one stand for it, add --instead-of { $event }.
already-in = There is already a check-in at { $at }; to let the new one stand for it, add --instead-of { $event }.
dispute-nothing_changed = This answer corrects nothing by itself: name the times, or correct the activity.
command-entry_stays = Entry { $entry } stays as it is: { $why }
card-sms_in = telephone
card-id_card = ID card
card-card = card
card-tag = tag
card-other_code = code
card-unknown = { $code }

## The terminal's certificate, by which the broker knows it

label-certificate = Certificate
certificate-days = { $count ->
    [0] has ended
    [one] { $count } day left
   *[other] { $count } days left
}
certificate-warning = The terminal renews its certificate by itself once it is connected. If it ends, the broker lets the terminal in no more: call the centre.

## Enrolling a terminal

enrol-expired = The token for { $terminal } has expired.
    .remedy = Ask the centre for a new one (`muster terminal add` or `muster terminal renew`).
enrol-used = The token for { $terminal } was used already, by another request; the centre has been told.
    .remedy = If that was not this terminal, tell the centre to revoke { $terminal }. Ask for a new token.
enrol-foreign = The centre does not know this token.
    .remedy = Ask the centre that this terminal is to belong to for a token of its own.
enrol-name_taken = The name { $terminal } was given to another terminal meanwhile, or taken back.
    .remedy = Ask the centre for a token with another name.
enrol-same_keys = The centre knows these keys already: they are those of the terminal { $terminal }, so this is a copy of its disk.
    .remedy = Run `muster enrol TOKEN --again` with a new token: it makes keys of its own.
enrol-declined = Somebody at the centre turned this terminal away.
    .remedy = Call them and compare the six words; then ask for a new token, or run the command again.
    .here = Call them and compare the six words; then ask for a token.
enrol-busy = The centre has too many requests to answer.
    .remedy = Wait a minute and run the same command again.
    .here = It is tried again by itself.
enrol-malformed = The centre and this terminal do not understand each other.
    .remedy = Install the same version of Muster at both, and run the command again.
    .here = Install the same version of Muster at both.
enrol-not_now = The centre can’t enrol terminals at the moment; the token is still good.
    .remedy = Let somebody look at the log of `muster enrol-server` there, then run the same command again.
    .here = Let somebody look at the log of `muster enrol-server` there; it is tried again by itself.
enrol-no_token = That is no enrolment token: one begins with MUSTER1.
    .remedy = Copy the whole line that the centre printed.
enrol-newer = That is of a newer version of Muster than the one installed here.
    .remedy = Update Muster on this terminal.
enrol-mistyped = The token is not whole, or something in it is mistyped.
    .remedy = Compare it with the line that the centre printed, or scan the QR code.
    .here = Hold the code straight and still; if it is damaged, ask the centre for a new token.
enrol-other_centre = At { $host } another centre answers than the one that made the token; nothing was told to it.
    .remedy = Check the network and the centre’s address; if both are right, ask the centre for a new token.
enrol-clock_behind = This terminal’s clock says { $time }; the centre’s certificate begins later than that.
    .remedy = Connect it to a time server, or set its clock (`timedatectl set-time`); the token is still good.
    .here = Connect it to a time server, or set its clock; it goes on by itself then.
enrol-clock_ahead = This terminal’s clock says { $time }; the centre’s certificate has ended by then.
    .remedy = Set the clock if it is wrong. If it is right, restart `muster enrol-server` at the centre.
enrol-other_request = That answer is not for this terminal’s request.
    .remedy = Take the reply file that the centre made for this terminal’s newest request file.
enrol-unreachable = The centre can’t be reached at { $host }: { $why }.
    .remedy = Check the network and that `muster enrol-server` runs there, then run the same command again; or use --request-file and a stick.
    .here = Check the network; it is tried again by itself.
enrol-keys_in_use = This terminal has keys already ({ $file }).
    .remedy = Only if they may be given up, run the command again with --again and a new token.
    .here = Only if they may be given up: run `muster enrol TOKEN --again` here with a new token.
enrol-other_log = The log on this terminal is that of { $before }, and it is to be called { $terminal } now.
    .remedy = Let it be delivered or export it (`muster log export`), move { $file } away, then run `muster enrol` again.
enrol-not_written = { $file } can’t be written: { $why }.
    .remedy = Free some space, or run the command as root; then run `muster enrol` again: it goes on where it stopped.
    .here = Free some space on its disk.
enrol-no_reply = { $file } holds no answer of a centre: { $why }.
    .remedy = Name the file that `muster terminal answer` wrote at the centre.
enrol-not_begun = There is no enrolment here that could go on.
    .remedy = Run `muster enrol TOKEN` with the token that the centre printed.
enrol-no_address = It is not known where the centre enrols terminals.
    .remedy = Use --request-file and a stick; or give `host` under [enrolment] in the centre’s settings and make a new token.
enrol-no_centre = It is not said which centre is to approve this terminal.
    .remedy = Give --centre HOST:PORT and --fingerprint HEX, or `address` and `fingerprint` under [enrolment] in kiosk.toml; `muster terminal list` at the centre tells both.
    .here = Write `address` and `fingerprint` under [enrolment] in kiosk.toml; `muster terminal list` at the centre tells both.
enrol-unknown = The centre refused, with the reason “{ $code }”.
    .remedy = Update Muster on this terminal.

enrolling-words = Six words of this terminal’s key: { $words }
enrolling-waiting = The centre is asked to approve. There: { $command }
enrolling-clock = Waiting for the right time; Ctrl-C ends this.
enrolling-written = The request is in { $file }. At the centre, in its folder: muster terminal answer { $name } reply.json; then here: muster enrol --reply-file { $reply }
enrolling-done = This terminal is { $terminal } now, at { $site } ({ $zone }), and belongs to { $centre }.
enrolling-next = Services that waited for this go on by themselves. Was it enrolled before, restart them: systemctl restart muster-kiosk muster-uplink

## Enrolment and certificates: what can be wrong

error-no_centre_yet = This terminal belongs to no centre yet: `centre_key` is still what the file ships with.
    .remedy = Enrol it: `muster terminal add` at the centre, then `muster enrol TOKEN` here.
error-enrolment_incomplete = This terminal knows its centre, but a key of its own is missing: { $path }. It admits nobody.
    .remedy = At the centre make a token with `muster terminal renew`; run `muster enrol TOKEN --again` here.
error-token_not_taken = The token was read, but no service takes it from { $file }.
    .remedy = Run `systemctl enable --now muster-enrol-here.path`, or `muster enrol TOKEN`, as root.
error-nobody_waits = No terminal waits under the code { $code }.
    .remedy = Compare it with the terminal's screen, and with `muster terminal list`.
error-request_decided = The request { $code } was decided already.
    .remedy = See `muster terminal list`.
error-name_and_site_wanted = A terminal without a token needs a name and a site.
    .remedy = Give --name and --site.
error-enrolment_names_another = The token of this request is for { $terminal } at { $site }.
    .remedy = Leave --name and --site out, or decline it and make another token.
error-revoked_list_not_written = The list of revoked certificates { $path } can't be written: { $why }.
    .remedy = Free some space, or give the folder to the account of the centre's services.
error-terminal_name_taken = There is a terminal { $terminal } already.
    .remedy = Choose another name; for new keys of the same device, `muster terminal renew { $terminal }`.
error-terminal_name_taken_at = There is a terminal { $terminal } already, at { $site }.
    .remedy = Choose another name; for new keys of the same device, `muster terminal renew { $terminal }`.
error-terminal_name_revoked = A terminal { $terminal } was revoked here; what it sent stands under its name for good.
    .remedy = Choose another name, such as { $terminal }-2.
error-enrolment_host_missing = The settings don't say where terminals reach this centre to be enrolled.
    .remedy = Write `host` under [enrolment], or enrol terminals by files: `muster terminal answer`.
error-enrolment_certificate_unusable = The certificate { $path } can't be used: { $why }.
    .remedy = Run `muster centre prepare`, which makes it, with the account of the centre's services.
error-enrolment_port_taken = Terminals can't be enrolled at { $listen }:{ $port }: { $why }.
    .remedy = Stop what has that port, or correct `listen` and `port` under [enrolment].
error-form_key_not_readable = The secret { $path } can't be read: { $why }.
    .remedy = Run `muster centre prepare`, with the account of the centre's services.
error-certificate_for_other = A certificate is meant for terminal { $other }, this is { $terminal }.
    .remedy = Check the broker's access list.
error-certificate_other_realm = A certificate is of the { $other } realm, this terminal is { $realm }.
    .remedy = Connect the terminal to a centre of its own realm.
error-certificate_is_none = What the centre sent as a certificate is none.
    .remedy = Update this end.
error-public_key_weak = The public key { $key } belongs to nobody: anybody could sign for it.
    .remedy = Copy the right one from its owner again.
error-terminal_name_reserved = No terminal can be called { $name }: the broker's access list gives that name other rights.
    .remedy = Choose another name, that of its place for example.
error-terminal_name_wrong = No terminal can be called { $name }.
    .remedy = Write 2 to 32 lower-case letters, digits and hyphens, north-gate for example.
error-authority_key_other = The key { $path } is no key on the curve P-256.
    .remedy = Bring the right one from a backup.
error-authority_key_not_readable = The key { $path } can't be read: { $why }.
    .remedy = Check the path and that this account may read it, or bring it back from a backup.
error-certificate_request_unsigned = A request for a certificate is not signed with its own key.
    .remedy = Make it anew.
error-certificate_key_other = A certificate was asked for a key that is not on the curve P-256.
    .remedy = Make another key.
error-authority_pair_broken = The authority's key and its certificate don't belong together.
    .remedy = Bring both back from one backup.
error-certificate_not_readable = The certificate { $path } can't be read: { $why }.
    .remedy = Check the path and that this account may read it, or bring it back from a backup.
error-certificate_and_key_one_file = The certificate and its key are one file, { $path }.
    .remedy = Part it in two: certificate_file and key_file in [broker].
error-certificate_request_is_none = A request for a certificate is none (PKCS #10, DER).
    .remedy = Make it anew.
error-pkcs11_key_unusable = The key { $key } in token { $token } can't be used: { $why }.
    .remedy = Check module, token, label and PIN; a new key is made by `pkcs11-tool --module { $module } --token-label { $token } --login --keypairgen --key-type EC:prime256v1 --label { $key }`.
error-pkcs11_key_name_wrong = The key { $key } is not named as it must be.
    .remedy = Write pkcs11:token=LABEL;object=LABEL?module-path=LIBRARY&pin-source=file:PATH.
error-pkcs11_pin_not_readable = The PIN of token { $token } can't be read from { $path }: { $why }.
    .remedy = Write it there, readable for this account only.
error-pkcs11_tool_missing = The key in token { $token } needs the program { $program }.
    .remedy = Install it: `apt install opensc`.

## What a terminal tells the centre of at once, by the code of the alarm

alarm-clock_jump = The terminal's clock was set by two seconds or more while it ran.
    .remedy = Nothing, where a time server corrected it after the start; else find out who set it.
alarm-disk_full = The terminal's disk is nearly full: it records on in a room that it kept for this.
    .remedy = Make room there, and see that the archive is made: only archived events are purged.
alarm-log_salvaged = The terminal's log was torn, and what could be read was saved.
    .remedy = Replace its card and power supply, and enter what is missing: `muster manual enter`.
alarm-setting_refused = The terminal does not take a setting that the centre gave.
    .remedy = Correct it (`muster centre settings`), or upgrade the terminal.
alarm-staff_orders = Staff gave the terminal orders: out of order, a direction or an activity.
    .remedy = Ask them, if nobody should have.
alarm-terminal_revoked = The terminal obeyed its revocation.
    .remedy = Where a detail names what could not be deleted, destroy its card.
alarm-fork = Two different events claim one place of this terminal's log: a card image was put back, or a second device has its keys.
    .remedy = Take the device out of service, find the copy, `muster terminal renew`; then `muster centre settle-alarm`.
alarm-log_shortened = This terminal's log goes on from before what the centre was told of: an older copy of its card was put back, or its log was torn. What it recorded after that place and never sent is lost.
    .remedy = Ask the people of that time, enter what is missing (`muster manual enter`); then `muster centre settle-alarm`.
alarm-log_twins = Two epochs of this terminal's log follow the same one: its card was copied, or an older copy of it was put back.
    .remedy = Find the copy, give the right device keys of its own (`muster terminal renew`); then `muster centre settle-alarm`.
alarm-session_taken_over = Another device speaks to the broker with this terminal's certificate, again and again.
    .remedy = Find it; `muster terminal renew` gives the right one keys of its own; then `muster centre settle-alarm`.
alarm-unknown = The terminal tells of { $code }.
    .remedy = Its version of Muster is newer: upgrade the centre.

## `muster broker check`: what a broker must keep, what it costs where it does not, and what to do

broker-check-head = The broker { $broker }, with MQTT { $version }
broker-check-untried = It could not be tried: { $why }
broker-check-detail = ({ $detail })
broker-check-suits = Everything that matters holds: this broker suits.
broker-check-unsuited = { $count ->
    [one] This broker does not suit yet: { $count } row that matters does not hold (✖) or could not be tried (·).
   *[other] This broker does not suit yet: { $count } rows that matter do not hold (✖) or could not be tried (·).
}
broker-row-let_in = Certificates of the centre's authority are let in
    .fails = Neither terminals nor the centre would come in.
    .remedy = Let the broker trust the authority of this centre, and know the names of the check; docs/operations.md tells how for each broker.
broker-row-mqtt_5 = MQTT 5 is spoken
    .fails = Muster runs with MQTT 3.1.1 as well; take-overs of a client id are then not told.
    .remedy = Write mqtt_version = "3.1.1" under [broker] at the centre and at each terminal.
broker-row-mqtt_311 = MQTT 3.1.1 is spoken
    .fails = Only clients that speak MQTT 5 come in.
    .remedy = Leave mqtt_version = "5" under [broker] at the centre and at each terminal.
broker-row-no_certificate = Nobody comes in without a certificate
    .fails = Anybody on the network can listen to numbers and times, and hinder delivery.
    .remedy = Let the broker require client certificates.
broker-row-foreign_certificate = Nobody comes in with the certificate of another authority
    .fails = Anybody who makes a certificate can come in by the name of a terminal.
    .remedy = Let the broker trust the authority of this centre alone.
broker-row-delivery = What terminals and centre send to each other arrives
    .fails = Check-ins stay at the terminals, or rosters and settings at the centre.
    .remedy = Compare the access list of the broker with config/acl.conf for these topics.
broker-row-canary = The centre hears itself
    .fails = A subscription that is deaf would go unnoticed: the listener makes its connection anew again and again.
    .remedy = Let the centre read and write everything below muster/1/up.
broker-row-client_id = A client id belongs to the certificate of that name
    .fails = Any enrolled terminal can throw every other one off the line, and the centre too. Nothing is lost, but nothing is delivered meanwhile.
    .remedy = Let the broker bind the client id to the certificate (RabbitMQ 4: mqtt.ssl_cert_client_id_from; EMQX: peer_cert_as_clientid). One that can't should carry only terminals that you trust.
broker-row-write_access = A terminal writes only as itself
    .fails = A terminal can speak in the name of another one, or of the centre. Signatures keep hours right, but it can disturb and mislead.
    .remedy = Narrow the access list of the broker, as config/acl.conf does.
broker-row-read_access = A terminal hears only what is meant for it
    .fails = A terminal can listen to the numbers, times and rosters of all others.
    .remedy = Narrow the access list of the broker, as config/acl.conf does.
broker-row-order = Messages of one terminal keep their order
    .fails = Check-ins arrive in disorder and are asked for again and again: they come late.
    .remedy = Choose another broker, or another plug-in for MQTT.
broker-row-size = The largest batch arrives whole
    .fails = After a long time without a network a terminal sends large batches, which would never arrive.
    .remedy = Let the broker take packets of 140000 bytes and more.
broker-row-in_flight = Ten messages and more are under way at once
    .fails = All terminals wait for each other at the centre when many check in.
    .remedy = Raise the number of messages that may be under way to one client (Mosquitto: max_inflight_messages).
broker-row-session = Whoever comes anew gets nothing old
    .fails = A terminal takes up answers that are out of date, and some that were meant for an earlier connection.
    .remedy = Let the broker honour clean sessions.
broker-row-will = A connection that breaks is told
    .fails = The board shows terminals as connected that have lost the line.
    .remedy = Let the broker publish the last will of its clients.
broker-row-retained = What is kept for a terminal is there when it comes, and gone once it is withdrawn
    .fails = A terminal gets its settings only after it has greeted the centre, some seconds later.
    .remedy = Let the broker keep retained messages on every node, and forget them when they are emptied.
broker-row-retained_up = What a terminal lets the broker keep is not kept, or is told
    .fails = It keeps what a terminal asks it to, and does not say so; the listener empties it at its next connection.
    .told = It keeps what a terminal asks it to and says so; the listener empties it at once.
    .remedy = Use MQTT 5, or forbid terminals to let messages be retained below muster/1/up.
broker-row-shared = Shared subscriptions deliver
    .fails = It offers none. Muster needs none: several listeners share the terminals by themselves.
    .deaf = It grants them and delivers nothing. Muster needs none; nobody else should rely on them here.
    .remedy = Nothing is to be done.
error-broker_host_wrong = { $host }, under hosts of [broker], is no host.
    .remedy = Write a list of names or addresses, without ports: hosts = ["broker-1.example", "broker-2.example"].
error-broker_address_wrong = { $address } is no address of a broker.
    .remedy = Write mqtts://HOST:PORT, for example mqtts://broker.example:8883.
error-check_name_wrong = The check can't come by the name { $name }.
    .remedy = Terminals of the check are called probe-1, probe-2 …, so that no real one is disturbed; its centre is called centre-9 or the like, and not as the listener ({ $listener }).
