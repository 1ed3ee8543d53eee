package huawei

import (
	"net/http"
	"path"
	"slices"
	"strings"
)

// maxAttachment is the largest attachment in bytes.
const maxAttachment = 10 << 20

// attachmentFormats are the formats by the extensions of their names, and what the
// bytes of each are.
var attachmentFormats = map[string]string{
	".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".bmp": "image/bmp", ".png": "image/png", ".gif": "image/gif", ".pdf": "application/pdf",
}

// checkAttachmentNames takes the names as they come: nothing is fetched.
func checkAttachmentNames(files []string) error {
	for _, file := range files {
		if file == "" || path.IsAbs(file) || strings.Contains(file, "://") || strings.HasPrefix(file, "download/") {
			return errParameter("verified_file_url: not a path below the directory download")
		}
		if attachmentFormats[strings.ToLower(path.Ext(file))] == "" {
			return errAttachmentFormat()
		}
	}
	return nil
}

// checkAttachments reads the attachments out of the bucket that the access
// configuration names; without one, nothing is read. Which code an attachment has
// that is not there is not documented: it cannot be read, so it is the bucket's.
func (s *Server) checkAttachments(files []string) error {
	switch {
	case s.state.uploadsOff:
		return errUploads()
	case s.options.Bucket == "":
		return nil
	}
	objects := make([]*storedObject, len(files))
	for i, file := range files {
		objects[i] = s.state.object("download/" + file)
	}
	if slices.Contains(objects, nil) {
		return errUploads()
	}
	for i, file := range files {
		switch {
		case objects[i].size > maxAttachment:
			return refuse(http.StatusBadRequest, "CBC.99000099", "a certificate attachment exceeds the maximum size")
		case objects[i].format != attachmentFormats[strings.ToLower(path.Ext(file))]:
			return errAttachmentFormat()
		}
	}
	return nil
}

func errAttachmentFormat() error {
	return refuse(http.StatusBadRequest, "CBC.99000100", "the format of the certificate attachment is incorrect")
}

func errUploads() error {
	return refuse(http.StatusBadRequest, "CBC.99005030", "real-name authentication is not enabled, or the bucket cannot be read")
}
