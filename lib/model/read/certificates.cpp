// SPDX-License-Identifier: Apache-2.0
// Certificates: `certificates/<id>/certificateInformation.json`. A service never gives private keys away, so that the
// folder only names them; the host's settings bring the files.
#include "model/read/reading.hpp"

namespace sluice::model {

void read_certificates(Reading& reading, const std::filesystem::path& folder) {
  for_each_folder(reading, folder, [&](const FolderEntry& entry) {
    Certificate certificate;
    certificate.id = entry.name;
    certificate.workspace_id = reading.workspace_id;
    const std::filesystem::path file = entry.path / "certificateInformation.json";
    certificate.file = file.generic_string();
    read_information(
        reading, file, "the certificate",
        [&](ObjectReader& fields) {
          certificate.subject = fields.text("subject");
          certificate.thumbprint = fields.text("thumbprint");
          certificate.expiration_date = fields.text("expirationDate");
          fields.ignore({"keyVault", "data", "password", "provisioningState"});
        },
        SourceLines::hidden);
    reading.model.certificates.push_back(std::move(certificate));
  });
}

}  // namespace sluice::model
