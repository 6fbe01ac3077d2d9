import { open, type FileHandle } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';

const CHUNK = 64 * 1024;

/** Reads a log file on from where it was read last, while another process writes to it. */
export class LogTail {
  readonly #path: string;
  readonly #onText: (text: string) => void;
  readonly #decoder = new StringDecoder('utf8');
  #offset: number | undefined;
  #reading: Promise<void> = Promise.resolve();

  /** @param from where to begin: with the whole file, or with its end, as far as that is of interest */
  constructor(path: string, from: 'start' | 'end', onText: (text: string) => void) {
    this.#path = path;
    this.#offset = from === 'start' ? 0 : undefined;
    this.#onText = onText;
  }

  /** Takes what was added since; a file that is not there has nothing. One reader at a time. */
  read(): Promise<void> {
    this.#reading = this.#reading.then(() => this.#read()).catch(() => undefined);
    return this.#reading;
  }

  async #read(): Promise<void> {
    const file = await open(this.#path, 'r');
    try {
      await this.#readAll(file);
    } finally {
      await file.close();
    }
  }

  async #readAll(file: FileHandle): Promise<void> {
    const { size } = await file.stat();
    let offset = this.#offset ?? Math.max(0, size - CHUNK);
    // Somebody has emptied it.
    if (offset > size) offset = 0;
    const buffer = Buffer.alloc(CHUNK);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK, offset);
      offset += bytesRead;
      this.#offset = offset;
      if (bytesRead === 0) return;
      this.#onText(this.#decoder.write(buffer.subarray(0, bytesRead)));
    }
  }
}
