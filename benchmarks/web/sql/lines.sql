DROP TABLE IF EXISTS bench_line;
CREATE UNLOGGED TABLE bench_line AS
SELECT n, volunteer, a, activity, day, waits, open, came_s, t_s,
CASE WHEN open THEN '["OPEN"]' WHEN waits AND n % 8 = 0 THEN '["' || ($flags)[1 + n / 8 % $kinds] || '"]'
WHEN n % 20 = 0 THEN '["LATE_ARRIVAL"]' ELSE '[]' END::jsonb flags
FROM (
SELECT n, 1000001 + n % $volunteers volunteer, block + $blocks * ((n % $volunteers * 31 + k * 17) % $per_block) a,
'a-' || lpad((block + $blocks * ((n % $volunteers * 31 + k * 17) % $per_block))::text, 4, '0') activity,
'$today'::date - ago::int AS day, ago <= 6 OR n % 1600 = 3 waits, false open,
$now_ms / 1000 - 3 * 3600 - 86400::bigint * ago came_s, 7200 + n * 37 % 21600 t_s
FROM generate_series(0::bigint, $lines - $today_lines - $clean - 1) n, LATERAL (SELECT n / $volunteers k) pass,
LATERAL (SELECT 1 + k * 40 + n % $volunteers * 7 % 40 ago) time, LATERAL (SELECT (ago - 1) / 20 block) span
UNION ALL
SELECT n, 1000001 + (n * 13) % $volunteers, a, 'a-' || lpad(a::text, 4, '0'), '$today'::date, n % 2 = 1, n % 2 = 0,
$now_ms / 1000 - 3 * 3600, CASE WHEN n % 2 = 0 THEN 0 ELSE 7200 END
FROM generate_series($lines - $today_lines - $clean, $lines - $clean - 1) n,
LATERAL (SELECT CASE WHEN n % 20 < 1 THEN $grid + n / 20 % $busy WHEN n % 20 = 1 THEN $grid + n / 20 % $busy
ELSE $blocks * (n / 20 % $per_block) END a) where_to
UNION ALL
SELECT n, 1000001 + n % $volunteers, $grid + $busy, 'a-' || lpad(($grid + $busy)::text, 4, '0'), '$today'::date - 2,
true, false, $now_ms / 1000 - 2 * 86400, 14400
FROM generate_series($lines - $clean, $lines - 1) n
) rows;
UPDATE bench_line SET flags = '[]' WHERE a = $grid + $busy;
