([wanted, author, pictures, room, spread, enough, few, quotes, fragment]) => {
  const least = wanted.join('').length;
  const unread = new Set(['SCRIPT', 'STYLE', 'TEMPLATE', 'HEAD', 'TITLE']);
  const letters = s => s.normalize('NFKC').replace(/[^\p{L}\p{N}]/gu, '').toLowerCase();
  const text = node => [...node.childNodes].map(c =>
    c.nodeType === 3 ? c.data : c.nodeType === 1 && !unread.has(c.tagName) ? text(c) : '').join('');
  const said = node => letters(text(node));
  const share = node => {
    const s = said(node);
    return wanted.filter(part => s.includes(part)).join('').length / least;
  };
  const drawn = {checkOpacity: true, checkVisibilityCSS: true};
  const seen = node => {
    const r = node.getBoundingClientRect();
    return r.width > 0 && r.height > 0 && node.checkVisibility(drawn);
  };
  const places = (node, most) => {
    if (share(node) < most) return [];
    const within = [...node.children].filter(child => !unread.has(child.tagName) && share(child) >= most);
    if (within.length) return within.flatMap(child => places(child, most));
    return seen(node) && said(node).length <= least + spread ? [node] : [];
  };
  const around = (place, has) => {
    const most = said(place).length + room;
    for (let up = place; up && up !== document.body; up = up.parentElement) {
      if (said(up).length > most) return null;
      if (has(up)) return up;
    }
    return null;
  };
  const by = letters(author);
  const named = up => by !== '' && said(up).includes(by);
  const target = fragment && document.getElementById(fragment);
  if (!least) return null;
  const whole = places(document.body, 1);
  const all = whole.length ? whole : places(document.body, enough);
  const alone = p => said(p).length === least;
  const sure = least < few ? all.filter(p => around(p, named) || alone(p)) : all;
  const own = sure.filter(p => !p.closest(quotes));
  const found = own.length ? own : sure;
  if (!found.length) return null;
  const within = p => target && target.contains(p);
  const place = found.find(p => around(p, named)) || found.find(within) || found[0];
  if (place === document.body && said(place).length > least + room) return null;
  let post = around(place, named) || place;
  if (pictures) post = around(post, up => up.querySelector('img')) || post;
  return post;
}
