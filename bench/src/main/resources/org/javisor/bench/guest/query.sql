-- Sixty thousand rows of a fixed pseudo-random sequence, indexed, joined and grouped.
CREATE TABLE item (id INTEGER PRIMARY KEY, kind INTEGER, price INTEGER, name TEXT);
WITH RECURSIVE sequence (n, x) AS (
  SELECT 1, 1
  UNION ALL
  SELECT n + 1, (x * 1103515245 + 12345) & 0x7fffffff FROM sequence WHERE n < 60000
)
INSERT INTO item
SELECT n, n % 500, (x >> 12) % 10000, printf('item %d of %d', x, n) FROM sequence;
CREATE INDEX item_kind ON item (kind, price);
SELECT count(*), sum(price), max(name) FROM item;
SELECT sum(a.price * b.price) FROM item a JOIN item b ON a.kind = b.kind AND a.price = b.price + 1;
SELECT sum(length(name)), count(DISTINCT price) FROM item WHERE name LIKE '%7%' AND kind < 250;
SELECT sum(highest) FROM (SELECT kind, max(price) AS highest FROM item GROUP BY kind ORDER BY 2);
