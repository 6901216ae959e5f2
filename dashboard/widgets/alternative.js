// What a chart says to whoever cannot see it: its finding, and the last numbers of its lines or the lengths of its bars.
function alternative({ alt, data, layout }) {
  const asShare = layout.yaxis?.tickformat?.includes("%") || layout.xaxis?.tickformat?.includes("%");
  const style = asShare ? { style: "percent", maximumFractionDigits: 1 } : { maximumSignificantDigits: 3 };
  const number = (value) => new Intl.NumberFormat(document.documentElement.lang, style).format(value);
  const lines = data.filter((one) => one.type === "scatter" && one.name && one.hoverinfo !== "skip"
                                     && one.mode?.includes("lines") && one.y?.length);
  const ends = lines.map((line) => `${line.name} ${number(line.y.at(-1))}`);
  if (ends.length) ends.unshift(`${layout.xaxis?.title?.text ?? ""} ${lines[0].x.at(-1)}`.trim());
  const bars = data.filter((one) => one.type === "bar" && one.orientation === "h")
    .flatMap((one) => Array.from(one.y, (name, place) => `${name} ${number(one.x[place])}`)).slice(0, 12);
  return [alt, [...ends, ...bars].join(", ")].filter(Boolean).join(". ");
}
