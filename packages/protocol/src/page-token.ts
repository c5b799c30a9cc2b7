/** How pages of events lead to each other. */

const MEMBER = "page-token=";

/** The token in `next_page` of a page, which is a URL where the page came over HTTP. */
export function pageTokenOf(nextPage: string): string {
  const start = nextPage.indexOf(MEMBER);
  return start === -1 ? nextPage : decodeURIComponent(nextPage.slice(start + MEMBER.length));
}
