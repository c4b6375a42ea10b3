//! The egress proxy speaks SMTP and TLS for every service; it takes plain HTTP on the internal network.

use std::io::{Error, ErrorKind, Result};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::models::{Channel, Notification};

/// Hands a notification over, and gives the status and the text of the answer.
pub async fn hand_over(
    address: &str,
    channel: &Channel,
    notification: &Notification,
) -> Result<(i16, String)> {
    let body = serde_json::json!({
        "customer": channel.customer_id,
        "kind": channel.kind,
        "target": channel.target,
        "subject": notification.subject,
        "attempt": notification.attempts + 1,
        "payload": notification.payload,
    })
    .to_string();
    let mut stream = TcpStream::connect(address).await?;
    let head = format!(
        "POST /deliver HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let status = answer
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .ok_or_else(|| Error::new(ErrorKind::InvalidData, "the proxy's answer has no status"))?;
    let text = answer.split_once("\r\n\r\n").map_or("", |(_, text)| text);
    Ok((status, text.to_owned()))
}
