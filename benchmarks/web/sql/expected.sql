INSERT INTO settlement_assignment (activity_id, volunteer_id)
SELECT DISTINCT activity, volunteer FROM (
SELECT activity, volunteer FROM bench_line WHERE n % 8 = 0 OR (day = '$today' AND n % 4 < 3) UNION ALL
SELECT 'a-' || lpad(($blocks * (v % $per_block))::text, 4, '0'), 1000001 + v * 11 % $volunteers
FROM generate_series(1::bigint, $today_lines / 4) v) expected;
