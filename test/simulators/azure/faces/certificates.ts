// The library reads decorator metadata when it is loaded, so the polyfill has to come first.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

/** What the HTTPS face needs to be believed by clients that trust `caFile`. */
export interface Certificates {
  /** PEM of the certificate that the face shows, followed by its issuer's. */
  readonly cert: string;
  /** PEM of its private key. */
  readonly key: string;
  /** PEM of the authority alone. */
  readonly ca: string;
  /** A file with `ca`, for NODE_EXTRA_CA_CERTS, SSL_CERT_FILE or REQUESTS_CA_BUNDLE. */
  readonly caFile: string;
  /** Removes the folder of `caFile`. */
  remove(): Promise<void>;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const dayMs = 24 * 60 * 60 * 1000;
/** Clients run with real clocks, so the certificates follow the real one too. */
const validity = () => ({
  notBefore: new Date(Date.now() - dayMs),
  notAfter: new Date(Date.now() + 30 * dayMs),
});

/**
 * Makes an authority and one certificate for `names` (host names, wildcards, IP addresses). Only
 * the authority's certificate is written to disk; no private key ever is. Every extension that
 * OpenSSL's strict mode asks for (Python >= 3.13) is there.
 */
export async function makeCertificates(names: readonly string[]): Promise<Certificates> {
  const authority = await makeAuthority();
  const leaf = await makeLeaf(authority, names);
  const folder = await mkdtemp(join(tmpdir(), 'simulated-azure-'));
  const caFile = join(folder, 'ca.pem');
  const ca = authority.certificate.toString('pem');
  await writeFile(caFile, `${ca}\n`);
  return {
    cert: `${leaf.certificate.toString('pem')}\n${ca}\n`,
    key: await privateKeyPem(leaf.keys.privateKey),
    ca,
    caFile,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

interface Issued {
  readonly certificate: x509.X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
}

async function makeAuthority(): Promise<Issued> {
  const keys = await makeKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Simulated Azure CA',
    keys,
    ...validity(),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate, keys };
}

async function makeLeaf(authority: Issued, names: readonly string[]): Promise<Issued> {
  const keys = await makeKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    subject: 'CN=Simulated Azure',
    issuer: authority.certificate.subject,
    publicKey: keys.publicKey,
    signingKey: authority.keys.privateKey,
    ...validity(),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value })),
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(authority.keys.publicKey),
    ],
  });
  return { certificate, keys };
}

function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', key);
  return x509.PemConverter.encode(pkcs8, 'PRIVATE KEY');
}
