const ends = new Set<() => Promise<void>>()

/** Has `end` called when the test file is over. Returns a function that takes the request back. */
export function atEndOfFile(end: () => Promise<void>): () => void {
  ends.add(end)
  return () => void ends.delete(end)
}

/** Ends whatever the file started and did not end itself. */
export async function endLeftovers(): Promise<void> {
  await Promise.all([...ends].map((end) => end()))
}
