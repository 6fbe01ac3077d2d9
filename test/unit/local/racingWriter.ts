/** A process of its own that adds lines to a file: `racingWriter.ts FILE ROOT PREFIX COUNT`. */
import { updateTextFile } from '../../../src/local/atomicFile.ts';

const [file = '', root = '', prefix = '', count = '0'] = process.argv.slice(2);
await Promise.all(
  Array.from({ length: Number(count) }, (_, index) =>
    updateTextFile(file, (text = '') => `${text}${prefix}${index}\n`, { root, newMode: 0o600 }),
  ),
);
