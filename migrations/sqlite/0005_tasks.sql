-- Lists of tasks, kept as reviews and notices are.

INSERT INTO counters (name, value) VALUES ('tasks', 0);
