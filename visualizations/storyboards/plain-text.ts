/** Makes texts the same on each run and machine: no places, ports, times, hashes and random names. */
export type PlainText = (text: string) => string;

export const plainText = (places: Readonly<Record<string, string>>): PlainText => {
  // The longest first: a folder may lie in another one.
  const names = Object.entries(places).sort(([a], [b]) => b.length - a.length);
  return text => {
    let plain = text;
    for (const [place, name] of names) plain = plain.replaceAll(place, name);
    return plain
      .replaceAll(/sha512-[A-Za-z0-9+/=]+/g, 'sha512-…')
      .replaceAll(/\b[0-9a-f]{16,}\b/g, '…')
      .replaceAll(/\b\d{1,10}-\d+-[a-z0-9]+-[0-9a-f]{8,}\b/g, '…')
      .replaceAll(/(127\.0\.0\.1|localhost):\d+/g, '$1:PORT')
      .replaceAll(/:\d+:\d+\b/g, '')
      .replaceAll(/\bpid \d+/g, 'pid …');
  };
};
