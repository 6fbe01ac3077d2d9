import type { SimResponse, SimService } from '../core/http.ts';

/** A file of a host that is not Azure's, as a test wants it to be. */
export interface StaticFile {
  readonly contentType: string;
  readonly body: string | Uint8Array;
}

/** Plays a host that only serves files: `files` by path, 404 for the rest. */
export function staticSite(files: Readonly<Record<string, StaticFile>>): SimService {
  return {
    handle: ({ method, url }): Promise<SimResponse> => {
      const file = Object.hasOwn(files, url.pathname) ? files[url.pathname] : undefined;
      if (file === undefined || !['GET', 'HEAD'].includes(method)) {
        return Promise.resolve({ status: file === undefined ? 404 : 405, headers: {} });
      }
      const body = typeof file.body === 'string' ? Buffer.from(file.body) : file.body;
      return Promise.resolve({
        status: 200,
        headers: {
          'Content-Type': file.contentType,
          'Content-Length': String(body.byteLength),
          'Accept-Ranges': 'none',
        },
        body,
      });
    },
  };
}
