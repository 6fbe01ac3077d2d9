/**
 * Makes what is drawn for a key once, and gives the same again with each later state: a press on it,
 * the focus and what is selected in it outlive whatever else changes.
 */
export function keptBy<Key, Made>(make: (key: Key) => Made): (key: Key) => Made {
  const made = new Map<Key, Made>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const now = make(key);
    made.set(key, now);
    return now;
  };
}
