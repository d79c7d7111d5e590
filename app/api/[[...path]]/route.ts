import { unknownApiPath } from "#lib/http/unknown-path";

export { unknownApiPath as DELETE, unknownApiPath as GET, unknownApiPath as PATCH, unknownApiPath as POST, unknownApiPath as PUT };
