INSERT INTO settlement_event (chain_id, seq, raw, hash, kind, boot, mono_ms, wall_ms, received_ms, clock_doubtful,
volunteer_id, status, review_reason)
SELECT c.id, s, '\x$raw'::bytea, sha256(''), CASE WHEN s % 20 = 0 THEN 'clock_anchor' WHEN s % 2 = 1 THEN 'check_in'
ELSE 'check_out' END, repeat('b', 32), s * 60000, wall_ms, wall_ms + 900, s % 500 = 0,
CASE WHEN s % 20 > 0 THEN 1000001 + (c.id * 31 + s) % $volunteers END, 'stored', ''
FROM settlement_chain c, generate_series(1, c.contiguous) s, LATERAL (SELECT $now_ms - (c.contiguous - s) * 60000
- ($epochs - 1 - (c.id - 1) % $epochs) * 86400000::bigint wall_ms) times;
