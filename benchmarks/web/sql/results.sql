INSERT INTO settlement_line (volunteer_id, activity_id, local_date, t_s, flags)
SELECT volunteer, activity, day, t_s, flags FROM bench_line;
INSERT INTO settlement_session (volunteer_id, activity_id, in_s, out_s, raw_s, t_s, line_date, is_open, flags,
trace, in_event, out_event)
SELECT volunteer, activity, came_s, CASE WHEN open THEN NULL ELSE came_s + t_s + 600 END,
CASE WHEN open THEN 0 ELSE t_s + 600 END, t_s, day, open, flags, CASE WHEN open THEN
'[{"rule": "S6", "code": "STILL_OPEN", "change_s": 0}]' ELSE '[{"rule": "S7", "code": "CLIPPED_TO_SHIFT_START", "change_s": -600}]' END::jsonb,
$source || (1 + n % 300 * 2), CASE WHEN open THEN '' ELSE $source || (2 + n % 300 * 2) END FROM bench_line;
INSERT INTO settlement_eventoutcome (volunteer_id, chain_id, seq, activity, at_s, outcome)
SELECT volunteer, 1 + n % 60 * $epochs, 1 + n % 50, activity, came_s, 'repeated_in' FROM bench_line WHERE n % 20 = 7;
