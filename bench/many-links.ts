// A configuration's links of which nobody is ever called, for as many routes as wanted.

/** So many routes over so many links, as entries of `links`: `/O=ORGn/P=SITE-link/A= /C=GB/`. */
export function manyLinks(routes: number, links: number): string {
  const spaces = (link: number): string =>
    Array.from(
      { length: routes / links },
      (_, n) => `      - { address: "/O=ORG${n}/P=SITE-${link}/A= /C=GB/" }\n`,
    ).join('');
  return Array.from(
    { length: links },
    (_, link) =>
      `  - name: link-${link}\n    peer: { mta: MTA-${link} }\n    addressSpaces:\n${spaces(link)}`,
  ).join('');
}
