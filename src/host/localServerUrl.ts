/** Where the extension's own dstack server listens: the server's default (dstack-facts C). */
export const LOCAL_SERVER_URL = 'http://127.0.0.1:3000';
