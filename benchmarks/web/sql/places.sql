INSERT INTO settlement_organisation (id, path, name, issuer, in_charge)
SELECT 1, '0001', 'The games', '310000', 'Zhou Lan' UNION ALL
SELECT 1 + d, '0001' || lpad(d::text, 4, '0'), 'District ' || d, lpad((310000 + d)::text, 6, '0'), 'Wu Ting'
FROM generate_series(1, 20) d UNION ALL
SELECT 21 + t, '0001' || lpad((1 + t % 20)::text, 4, '0') || lpad((1 + t / 20)::text, 4, '0'), 'Team ' || t, '', ''
FROM generate_series(1, $organisations - 21) t;
INSERT INTO settlement_site (code, name, zone, language, organisation_id)
SELECT 'site-' || lpad(s::text, 3, '0'), 'Site ' || s || ' at the river', 'Asia/Shanghai', 'zh-Hans', 2 + s % 20
FROM generate_series(0, $sites - 1) s;
INSERT INTO settlement_terminal (id, site_id, bucket, public_key, realm)
SELECT 'gate-' || t, 'site-' || lpad((t % $sites)::text, 3, '0'), lpad((t % 64)::text, 2, '0'),
encode(sha256(t::text::bytea), 'hex'), 'live' FROM generate_series(0, 2 * $sites - 1) t;
INSERT INTO settlement_terminalstatus (terminal_id, hello_ms, said_ms, boot_began_ms, boot, mono_ms, wall_ms,
clock_state, clock_error_ms, roster, config, unsent, software, believes, newest_epoch, newest_head, left_boots,
answer_due)
SELECT id, $now_ms - 60000 - CASE WHEN n % 50 = 7 THEN 7200000 ELSE 0 END,
$now_ms - 60000 - CASE WHEN n % 50 = 7 THEN 7200000 ELSE 0 END, $now_ms - 86400000, repeat('b', 32), 86400000,
$now_ms, 'synced', 5, 1, 1, n % 3, '1.0', '', '', 0, '[]', false
FROM (SELECT id, substr(id, 6)::int n FROM settlement_terminal) t;
INSERT INTO settlement_tlscertificate (serial, name, kind, fingerprint, key_digest, not_before_ms, not_after_ms,
issued_ms, pem)
SELECT 'bench' || id, id, 'terminal', '', '', $now_ms - 8640000000,
$now_ms + CASE WHEN id LIKE '%99' THEN 864000000 ELSE 8640000000 END, $now_ms, '' FROM settlement_terminal;
INSERT INTO settlement_chain (id, terminal_id, epoch, contiguous, hash, head, archived, previous_epoch,
previous_seq, followed, oldest)
SELECT t * $epochs + e, 'gate-' || t, md5(t || '/' || e), n, repeat('0', 64), n + CASE WHEN t % 40 = 3 AND
e = $epochs THEN 25 ELSE 0 END, 0, CASE WHEN e > 1 THEN md5(t || '/' || (e - 1)) ELSE '' END,
CASE WHEN e > 1 THEN 50 ELSE 0 END, e < $epochs, 1
FROM generate_series(0, 2 * $sites - 1) t, generate_series(1, $epochs) e,
LATERAL (SELECT CASE WHEN e = $epochs THEN 700 ELSE 50 END n) length;
INSERT INTO settlement_logalarm (terminal_id, code, epoch, seq, shown_by, detail, first_ms, last_ms, times,
settled_by, reason)
SELECT 'gate-' || t, 'fork', md5(t || '/' || $epochs), 5, '', '', $now_ms - 3600000, $now_ms, 1, '', ''
FROM generate_series(10, 2 * $sites - 1, 100) t;
