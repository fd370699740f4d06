/** Texts that would run, were they not escaped: in text, in an attribute, in a script. Each calls `ran()`. */

const RUN = 'ran()'
const TAGS = ['svg', 'img src=x', 'body', 'iframe', 'video src=x', 'audio src=x', 'input autofocus', 'details open', 'marquee', 'select autofocus', 'textarea autofocus', 'style', 'link rel=stylesheet href=x', 'script src=x', 'object data=x', 'embed src=x', 'math', 'keygen autofocus', 'isindex', 'a href=x']
const EVENTS = ['onload', 'onerror', 'onfocus', 'ontoggle', 'onstart']

export const PAYLOADS: readonly string[] = [
  ...TAGS.flatMap(tag => EVENTS.slice(0, 3).map(event => `<${tag} ${event}=${RUN}>`)),
  `<script>${RUN}</script>`, `<SCRIPT>${RUN}</SCRIPT>`, `<script\n>${RUN}</script>`, `<script/x>${RUN}</script>`, `</script><script>${RUN}</script>`, `<scr<script>ipt>${RUN}</scr</script>ipt>`, `<<script>${RUN}//<</script>`,
  `"><script>${RUN}</script>`, `'><script>${RUN}</script>`, `"><img src=x onerror=${RUN}>`, `' onmouseover='${RUN}`, `" onfocus="${RUN}" autofocus x="`, `' onfocus='${RUN}' autofocus x='`, `\` onfocus=\`${RUN}\` autofocus`, `" style="animation-name:x" onanimationstart="${RUN}`,
  `</title><script>${RUN}</script>`, `</textarea><script>${RUN}</script>`, `</style><script>${RUN}</script>`, `--><script>${RUN}</script>`, `]]><script>${RUN}</script>`, `<!--<img src="--><img src=x onerror=${RUN}>">`,
  `{{constructor.constructor('${RUN}')()}}`, `{{ ''.constructor.constructor('${RUN}')() }}`, `{% raw %}<script>${RUN}</script>{% endraw %}`, `{{ '<script>${RUN}</script>' | safe }}`, '{% include "index.html" %}', `\${${RUN}}`, `#{${RUN}}`, `<%= ${RUN} %>`,
  `"-${RUN}-"`, `';${RUN}//`, `\\";${RUN}//`, `\u2028${RUN}\u2028`, `\u2029;${RUN}//`, `</script \n><script>${RUN}</script>`, `<svg><script>${RUN}</script></svg>`, `<svg/onload=${RUN}>`, `<img src=x:x onerror\n=${RUN}>`, `<img src="x\`\`onerror=${RUN}">`, `\x3cscript\x3e${RUN}\x3c/script\x3e`,
  `&lt;script&gt;${RUN}&lt;/script&gt;`, `&#60;script&#62;${RUN}&#60;/script&#62;`, `%3Cscript%3E${RUN}%3C/script%3E`, `+ADw-script+AD4-${RUN}+ADw-/script+AD4-`, `<iframe srcdoc="<script>parent.${RUN}</script>">`, `<template><script>${RUN}</script></template><script>${RUN}</script>`
]
