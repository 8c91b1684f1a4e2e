INSERT INTO settlement_ledgerentry (id, volunteer_id, activity_id, local_date, kind, rev, delta_s, reason, flags,
hands, sessions, rules_id, entered_ms)
SELECT n + 1, volunteer, activity, day, 'original', 1, t_s, '', flags, '[]', jsonb_build_array(jsonb_build_object(
'in_s', came_s, 'out_s', came_s + t_s + 600, 'raw_s', t_s + 600, 't_s', t_s, 'flags', flags, 'trace',
'[{"rule": "S7", "code": "CLIPPED_TO_SHIFT_START", "change_s": -600}]'::jsonb, 'in_event', $source || (1 + n % 300 * 2),
'out_event', $source || (2 + n % 300 * 2))), 1, came_s * 1000 + 86400000
FROM bench_line WHERE NOT open;
INSERT INTO settlement_review (entry_id, state, by, account_id, note, override, at_ms)
SELECT n + 1, CASE WHEN n % 200 = 9 THEN 'rejected' ELSE 'approved' END, 'Bench', $account, '', '',
came_s * 1000 + 2 * 86400000 FROM bench_line WHERE NOT open AND NOT waits;
INSERT INTO settlement_waitingentry (entry_id, activity_id, local_date, volunteer_id, flags)
SELECT n + 1, activity, day, volunteer, flags FROM bench_line WHERE NOT open AND waits;
