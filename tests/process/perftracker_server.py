#!/usr/bin/env python3
"""A PerfTracker server for tests: answers as the real one was seen to (version 0.4.6), and fails as it is told to.

  perftracker_server.py DATA

DATA holds perftracker-jobs.json.gz (the rows of a job list, newest first) and perftracker-N.json.gz (whole jobs); a
job that has no file is answered with the one of the pair that fits (8 by 7, others by 6), under its own number.
Prints "port N". GET /_fault/NAME/COUNT[/PATH] makes the next COUNT requests whose path holds PATH fail; GET /_log
returns the requests so far.
Faults: 500, slow, cut (ends before its Content-Length), short (whole by HTTP, but half of the JSON), html, redirect,
unlinked (an upload that is not linked).
"""
import gzip, http.server, json, os, re, sys, time
from urllib.parse import parse_qs, unquote, urlsplit

DATA = sys.argv[1]
ROWS = json.loads(gzip.open(os.path.join(DATA, "perftracker-jobs.json.gz")).read())
FAULTS, LOG, ARTEFACTS = [], [], {}
COLUMNS = {1: "id", 2: "end", 5: "product_name", 6: "product_ver", 7: "title", 8: "suite_ver"}


def uuid_of(job): return f"00000000-0000-4000-8000-{job:012d}"


def whole_job(number):
    row = next((r for r in ROWS if r["id"] == number), None)
    if not row: return None
    path = os.path.join(DATA, f"perftracker-{number}.json.gz")
    if not os.path.exists(path): path = os.path.join(DATA, f"perftracker-{7 if number == 8 else 6}.json.gz")
    job = json.loads(gzip.open(path).read())
    job.update(id=number, uuid=uuid_of(number), end=row["end"], product_name=row["product_name"],
               product_ver=row["product_ver"], title=row["title"])
    job["env_nodes"] = [{**n, "parent": None} for n in row["env_node"]]
    return json.dumps(job, indent=4).encode()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *a): pass

    def send(self, status, body, kind="application/json", headers=()):
        if not isinstance(body, bytes): body = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for k, v in headers: self.send_header(k, v)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        fault = self.fault
        if fault == "cut":
            self.wfile.write(body[:len(body) // 2]); self.wfile.flush(); self.close_connection = True
            return
        self.wfile.write(body)

    def handle_request(self):
        self.fault = None
        path = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if path.path.startswith("/_fault/"):
            parts = path.path.split("/", 4)
            FAULTS.append([parts[2], int(parts[3]), unquote(parts[4]) if len(parts) > 4 else ""])
            return self.send(200, {})
        if path.path == "/_log": return self.send(200, LOG)
        LOG.append(f"{self.command} {self.path}" + (f" {self.headers['Range']}" if self.headers.get("Range") else ""))
        for f in FAULTS:
            if f[1] > 0 and f[2] in path.path:
                f[1] -= 1
                self.fault = f[0]
                break
        if self.fault == "500": return self.send(500, b"<html>Server Error (500)</html>", "text/html")
        if self.fault == "slow": time.sleep(1.5)
        if self.fault == "html": return self.send(200, b"<html>log in first</html>", "text/html")
        if self.fault == "redirect": return self.send(302, b"", headers=[("Location", "https://elsewhere.example/")])
        self.answer(path.path, parse_qs(path.query, keep_blank_values=True), body)

    do_GET = do_POST = do_PUT = do_PATCH = handle_request

    def answer(self, path, query, body):
        one = lambda name, default="": query.get(name, [default])[0]
        if path == "/api/v1.0/0/project/":
            return self.send(200, [{"id": 1, "name": "Default project"}, {"id": 2, "name": "Servers"}])
        if m := re.fullmatch(r"/api/v1\.0/(\d+)/job/", path): return self.job_list(int(m[1]), one)
        if re.fullmatch(r"/api/v1\.0/(\d+)/job", path): return self.send(301, b"", headers=[("Location", path + "/")])
        if m := re.fullmatch(r"/api/v1\.0/\d+/job/(\d+)", path):
            row = next((r for r in ROWS if r["id"] == int(m[1])), None)
            if not row: return self.send(404, [])
            links = [a for a in ARTEFACTS.values() if uuid_of(row["id"]) in a["links"]]
            return self.send(200, {**row, "uuid": uuid_of(row["id"]), "links": "{}", "artifacts": links})
        if (m := re.fullmatch(r"/\d+/job/(\d+)", path)) and one("as_json"):
            job = whole_job(int(m[1]))
            if not job: return self.send(404, b"<html>Not found</html>", "text/html")
            if self.fault == "short": job = job[:len(job) // 2]
            if (r := re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))) and int(r[1]) < len(job):
                return self.send(206, job[int(r[1]):], headers=[("Content-Range", f"bytes {r[1]}-{len(job) - 1}/{len(job)}")])
            return self.send(200, job)
        if (m := re.fullmatch(r"/api/v1\.0/\d+/artifact/([0-9a-f-]{36})", path)) and self.command == "POST":
            return self.store(m[1], body)
        self.send(404, b"<html>Not found</html>", "text/html")

    def job_list(self, project, one):
        refuse = lambda text: self.send(200, {"result": "error", "sError": text, "text": text})
        try: start, length = int(one("start", "0")), int(one("length", "10"))
        except ValueError as e: return refuse(f"Internal error: {e}")
        rows = [r for r in ROWS if project in (0, r["project"]["id"])]
        wanted = one("search[value]").lower()
        rows = [r for r in rows if wanted in r["title"].lower() or wanted in r["suite_ver"].lower()]
        if one("order[0][column]"):
            column = COLUMNS.get(int(one("order[0][column]")))
            if not column: return refuse("Internal error: list index out of range")
            rows.sort(key=lambda r: r[column] or "", reverse=one("order[0][dir]") == "desc")
        else: rows.sort(key=lambda r: r["id"])
        data = rows[start:] if length < 0 else rows[start:start + min(length, 5000)]
        self.send(200, {"draw": 0, "recordsTotal": 256, "recordsFiltered": len(rows), "data": data, "result": "ok"})

    def store(self, uuid, body):
        fields = {}
        boundary = self.headers["Content-Type"].split("boundary=")[1].encode()
        for part in body.split(b"--" + boundary)[1:-1]:
            head, _, value = part.partition(b"\r\n\r\n")
            fields[re.search(rb'name="([^"]*)"', head)[1].decode()] = value[:-2]
        if "file" not in fields: return self.send(500, b"<html>Server Error (500)</html>", "text/html")
        links = json.loads(fields.get("linked_uuids", b"[]"))  # a field "links" is ignored, as by the real one
        if self.fault == "unlinked": links = []
        ARTEFACTS[uuid] = {"uuid": uuid, "filename": fields["filename"].decode(), "links": links,
                           "mime": fields.get("mime", b"").decode(), "size": len(fields["file"])}
        self.send(200, {"message": f"Artifact has been created, uuid: {uuid}", "uuid": uuid})


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print("port", server.server_port, flush=True)
server.serve_forever()
