CREATE TABLE settings (
    name text PRIMARY KEY,
    value numeric NOT NULL CHECK (value >= 0),
    unit text NOT NULL,
    description text NOT NULL
);

COMMENT ON TABLE settings IS 'Single numeric limits of the refresh, the loads, the alerts and the relay. Change one with UPDATE settings SET value = ... WHERE name = ...; an upgrade never overwrites it.';
COMMENT ON COLUMN settings.unit IS 'Unit of value: percent, days, minutes, rows, events.';
