UNWIND $words AS word
MERGE (w:Word {word: word})
ON CREATE SET w.addedIn = $number
