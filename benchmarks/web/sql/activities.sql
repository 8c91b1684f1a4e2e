INSERT INTO settlement_activity (id, site_id, organisation_id, kind, title, content, recipients, assigned_only)
SELECT 'a-' || lpad(a::text, 4, '0'),
'site-' || lpad(CASE WHEN a < $grid THEN ((a / $blocks * 3 + a % $blocks * 11) % $sites)::text ELSE '0' END, 3, '0'),
CASE WHEN a = $grid + $busy THEN 22 ELSE 22 + a % ($organisations - 21) END, 'service',
'Activity ' || a || ' of the games', 'Guides visitors', 'Visitors', a % 2 = 0
FROM generate_series(0, $activities - 1) a;
INSERT INTO settlement_phasechange (activity_id, phase, from_ms)
SELECT 'a-' || lpad(a::text, 4, '0'), 'executing', $midnight_ms - 86400000::bigint
* (20 + 20 * CASE WHEN a < $grid THEN a % $blocks ELSE 0 END) FROM generate_series(0, $activities - 1) a;
INSERT INTO settlement_phasechange (activity_id, phase, from_ms)
SELECT 'a-' || lpad(a::text, 4, '0'), 'ended', $midnight_ms - 86400000::bigint * 20 * (a % $blocks)
FROM generate_series(0, $grid - 1) a WHERE a % $blocks > 0;
INSERT INTO settlement_shift (activity_id, start_ms, end_ms)
SELECT 'a-' || lpad(a::text, 4, '0'), begins, begins + 8 * 3600000::bigint
FROM generate_series(0, $activities - 1) a, generate_series(1, 20) d, LATERAL (SELECT $now_ms - 4 * 3600000::bigint
- 86400000::bigint * (d + 20 * CASE WHEN a < $grid THEN a % $blocks ELSE 0 END) begins) times;
INSERT INTO settlement_shift (activity_id, start_ms, end_ms)
SELECT 'a-' || lpad(a::text, 4, '0'), $now_ms - 4 * 3600000::bigint, $now_ms + 4 * 3600000::bigint
FROM generate_series(0, $grid + $busy - 1) a WHERE a >= $grid OR a % $blocks = 0;
