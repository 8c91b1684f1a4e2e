INSERT INTO settlement_volunteer (number, display_name, language, suspended, may_be_named)
SELECT 1000001 + v, CASE WHEN v % 3 = 0 THEN
(ARRAY['Anna','Lucas','Maria','Omar','Chen','Yusuf','Nadia','Peter'])[1 + v % 8] || ' ' ||
(ARRAY['Smith','Weber','Haddad','Ivanov','Costa','Tanaka','Okafor'])[1 + v / 8 % 7] || ' ' || v ELSE
substr('王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗', 1 + v % 20, 1) ||
substr('伟芳娜敏静秀丽强磊军洋勇艳杰涛明超霞平刚', 1 + v / 20 % 20, 1) ||
substr('子文雨欣浩宇梓涵思晨佳怡俊博雅婷志玉海燕', 1 + v / 400 % 20, 1) END, '', v % 900 = 0, v % 50 > 0
FROM generate_series(0, $volunteers - 1) v;
INSERT INTO settlement_membership (volunteer_id, organisation_id, joined_ms)
SELECT 1000001 + v, 22 + v % ($organisations - 21), 0 FROM generate_series(0, $volunteers - 1) v;
INSERT INTO settlement_credential (ref, volunteer_id, method, assurance, one_use)
SELECT 'badge:' || (1000001 + v) || '.1', 1000001 + v, 'qr', 'medium', false
FROM generate_series(0, $volunteers - 1) v;
INSERT INTO settlement_settled (volunteer_id, digest, total_s, rules_id, settled_ms)
SELECT 1000001 + v, repeat('d', 64), 0, 1, $now_ms FROM generate_series(0, $volunteers - 1) v;
INSERT INTO settlement_auditrecord (account_id, name, action, kind, subject, fields, digest, reason, request, at_ms)
SELECT $account, 'Bench', 'look', 'volunteer', (1000001 + r % $volunteers)::text, '[]', '', '', '',
$now_ms - ($audit - r) * 30000::bigint FROM generate_series(1, $audit) r;
