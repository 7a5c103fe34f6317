CREATE TABLE membership_guards (
    group_type text PRIMARY KEY,
    max_removed_percent numeric NOT NULL CHECK (max_removed_percent BETWEEN 0 AND 100),
    min_members integer NOT NULL CHECK (min_members >= 0),
    may_empty boolean NOT NULL
);

COMMENT ON TABLE membership_guards IS 'Conditions under which a change of membership is held back unless forced: the group has at least min_members and would lose more than max_removed_percent of them in one run, or would become empty although may_empty is false. The row with group_type * holds for types without a row of their own.';
COMMENT ON COLUMN membership_guards.max_removed_percent IS 'Percent of the members before the change.';
