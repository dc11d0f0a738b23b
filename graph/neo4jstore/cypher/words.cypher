// The words of names that loads after one and up to another were the first to have.
MATCH (w:Word)
WHERE w.addedIn > $after AND w.addedIn <= $upTo
RETURN collect(w.word) AS found
