INSERT INTO settlement_manualrecord (id, volunteer_id, activity_id, direction, at_ms, reason, entered_by,
entered_ms)
SELECT row_number() OVER (), volunteer, activity, CASE WHEN n % 2 = 0 THEN 'in' ELSE 'out' END, came_s * 1000,
'forgot the badge', 'Bench', came_s * 1000 FROM bench_line WHERE n % 400 = 11;
INSERT INTO settlement_manualdecision (record_id, confirmed, by, note, at_ms)
SELECT id, true, 'Other', '', entered_ms FROM settlement_manualrecord WHERE id % 20 > 0;
INSERT INTO settlement_dispute (id, volunteer_id, activity_id, local_date, objection, raised_by, raised_ms)
SELECT row_number() OVER (), volunteer, activity, day, 'I was there until the evening', volunteer::text,
came_s * 1000 FROM bench_line WHERE n % 1000 = 21;
INSERT INTO settlement_disputeanswer (dispute_id, outcome, answer, by, at_ms)
SELECT id, 'rejected', 'The scans say otherwise', 'Bench', raised_ms FROM settlement_dispute WHERE id % 16 > 0;
INSERT INTO settlement_exchange (volunteer_id, tier, local_date, state, applied_ms, reviewed_by, fulfilled_by, note)
SELECT 1000001 + v, 'mug', '$today', CASE WHEN v % 160 = 0 THEN 'applied' WHEN v % 320 = 8 THEN 'approved'
ELSE 'fulfilled' END, $now_ms - v * 100::bigint, CASE WHEN v % 160 = 0 THEN '' ELSE 'Bench' END,
CASE WHEN v % 160 = 0 OR v % 320 = 8 THEN '' ELSE 'Bench' END, '' FROM generate_series(0, $volunteers - 1, 8) v;
INSERT INTO settlement_starreview (volunteer_id, stars_before, stars_after, approved_s, raised_ms, decided_by,
note, withdrawn)
SELECT 1000001 + v, 2, 1, 360000, $now_ms - v * 100::bigint, CASE WHEN v % 400 = 0 THEN '' ELSE 'Bench' END, '',
CASE WHEN v % 400 = 0 THEN NULL ELSE false END FROM generate_series(0, $volunteers - 1, 20) v;
INSERT INTO settlement_inspectionvisit (site_id, inspector, at_ms, findings, entered_by, entered_ms)
SELECT 'site-' || lpad((v % $sites)::text, 3, '0'), 'Inspector Fu', $now_ms - v * 3600000::bigint, 'All in order',
'Bench', $now_ms FROM generate_series(1, $sites * 10) v;
INSERT INTO settlement_certificate (number, organisation_id, volunteer_id, t_s, content, token, activities,
issued_by, issued_ms)
SELECT 'C' || v, 2 + v % 20, 1000001 + v, 36000, '{}', '', '[]', 'Bench', $now_ms
FROM generate_series(0, $volunteers - 1, 10) v;
