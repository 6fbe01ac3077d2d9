import { afterAll, afterEach } from 'vitest';
import { takeUnexpected } from './core/requestLog.ts';

/** In each ring: what no simulated Azure knows fails the test that asked for it. */
function failOnUnsupported(): void {
  const operations = takeUnexpected();
  if (operations.length === 0) return;
  throw new Error(`Not simulated, so this test proves nothing: ${operations.join('; ')}`);
}

afterEach(failOnUnsupported);
// For what comes after the last test, while things are taken down.
afterAll(failOnUnsupported);
