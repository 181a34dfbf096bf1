/** `WebFrameMain.origin`: "serialized according to RFC 6454", and `"null"` where there is no scheme, host and port. */
export const originOf = (url: string, inherited: string, standardSchemes: ReadonlySet<string>): string => {
  if (url === '' || url.startsWith('about:')) return inherited;
  const { protocol, origin, host } = new URL(url);
  if (protocol === 'file:') return 'file://';
  if (origin !== 'null') return origin;
  return standardSchemes.has(protocol.slice(0, -1)) ? `${protocol}//${host}` : 'null';
};
