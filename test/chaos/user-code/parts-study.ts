import { partsStudy } from "./parts.ts";

const [part = "none", way = ""] = (process.env["HPO_USER_PART"] ?? "none").split(".");

export default partsStudy(part, way);
