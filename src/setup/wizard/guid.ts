const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function isGuid(text: string): boolean {
  return GUID.test(text.toLowerCase());
}

/**
 * A GUID as people paste it: with braces or quotes, in capitals, with blanks around it or invisible
 * characters in it. What is none comes back trimmed, as it was.
 */
export function readGuid(text: string): string {
  const plain = text
    .toLowerCase()
    .replace(/^\s*urn:uuid:/, '')
    .replaceAll(/[\s{}()"'“”\u200B\uFEFF]/g, '');
  const dashed = /^[0-9a-f]{32}$/.test(plain)
    ? plain.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
    : plain;
  return GUID.test(dashed) ? dashed : text.trim();
}
