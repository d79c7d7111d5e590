/** The file's name and the folder that holds it. */
export function splitPath(path: string): { readonly folder: string; readonly name: string } {
  const at = path.lastIndexOf("/");
  return { folder: at <= 0 ? "/" : path.slice(0, at), name: path.slice(at + 1) };
}

const endings = /\.(?:db|db3|sqlite|sqlite3|s3db)$/i;

/** What a source of this file would be called: `/srv/app/shop.sqlite3` → `shop`, and the folder's name where the file's says nothing. */
export function suggestSourceName(path: string): string {
  const { folder, name } = splitPath(path);
  const plain = name.replace(endings, "");
  const says = !/^(?:|data|database|db|main|app|index|storage)$/i.test(plain);
  const parent = splitPath(folder).name;
  return (says || parent === "" ? plain || name : `${parent} ${plain}`.trim()).slice(0, 120);
}
