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
reason-malformed_badge = This badge is not valid.
    .remedy = Please ask the staff for a new one.
    .short = badge not valid
reason-too_many_tries = The code was wrong too many times.
    .remedy = Please wait, use your badge or card, or ask the staff.
    .short = too many tries
reason-not_six_digits = A code has six digits.
    .remedy = Please type the six digits from your text message.
    .short = not six digits
reason-too_many_codes = Several codes were sent to this telephone already.
    .remedy = Please use the newest one, or wait before you ask again.
    .short = too many codes
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

## The settlement's pages

head-volunteer = Volunteer
head-in = In
head-out = Out
head-presence = Presence
head-hours = Hours
head-rules = Rules
head-activity = Activity
head-date = Date
head-flags = Flags
head-state = State
head-change = Change

## What became of an event in settlement

outcome-used = Counted.
outcome-redelivered = The same event arrived again; it counts once.
outcome-duplicate_scan = Read again within a minute; the first reading counts.
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
adjustment-LATE_EVENT = A record arrived after the approval.
adjustment-MASTER_DATA = Shift, roster or rules were corrected after the approval.
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
completeness-one = terminal { $terminal } misses { $number }
completeness-silent = terminal { $terminal } silent since { $at }
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
