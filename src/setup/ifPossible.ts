/**
 * Writes down how something has ended. What has happened has happened: a full disk must not hide it
 * from the person, nor leave steps under way that nobody waits for. What a call relies on is written
 * by `append` itself, whose failure stops the call.
 */
export async function ifPossible(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch {
    // The step that failed first says why; the next run finds in Azure what is missing here.
  }
}
